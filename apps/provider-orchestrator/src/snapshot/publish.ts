import { createHash } from 'node:crypto';
import { type RoutingSnapshot, routingSnapshot } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database, Transaction } from '../database/create-database.ts';
import { readRegistry } from '../registry/read-registry.ts';
import { type CompiledSnapshot, compileSnapshot } from './compile-snapshot.ts';

export interface Published<Result> {
  /** What the change answered. */
  result: Result;
  snapshot: RoutingSnapshot;
  problems: CompiledSnapshot['problems'];
  /** False where the change left the content as it was, and so the version, too. */
  isNew: boolean;
}

const stateRow = z.object({
  epoch: z.bigint().transform(Number),
  version: z.number(),
  contentHash: z.string(),
});

/**
 * Changes the registry and publishes what it then says, in one transaction: no reader sees the change without its
 * version. Changes come one after the other, also those of other instances. Throws what the database throws; then
 * nothing has changed.
 */
export async function publishChange<Result>(
  database: Database,
  change: (tx: Transaction) => Promise<Result>,
): Promise<Published<Result>> {
  return await database.$transaction(async (tx) => {
    const state = await lockState(tx);
    const result = await change(tx);
    const at = await takeInstant(tx);
    const { content, problems } = compileSnapshot(await readRegistry(tx, at));
    const text = JSON.stringify(content);
    const contentHash = createHash('sha256').update(text).digest('hex');
    const isNew = contentHash !== state.contentHash;
    const version = isNew ? state.version + 1 : state.version;
    if (isNew) {
      // As the text that it is already: of hundreds of providers it is megabytes, which Prisma would take apart.
      await tx.$executeRaw`
        UPDATE registry_state SET version = ${version}, content_hash = ${contentHash}, content = ${text}::jsonb WHERE id = 1`;
    }
    return { result, snapshot: { version, epoch: state.epoch, ...content }, problems, isNew };
  });
}

/**
 * The instant whose prices are published, by the database's clock: one for all instances, and behind that of every change
 * before, since the state is locked.
 */
async function takeInstant(tx: Transaction): Promise<Date> {
  const rows = await tx.$queryRaw`
    UPDATE registry_state SET priced_at = greatest(priced_at, clock_timestamp()) WHERE id = 1 RETURNING priced_at AS at`;
  return z.tuple([z.object({ at: z.date() })]).parse(rows)[0].at;
}

/** True if a price or a rule has begun or ended since the last change was published. */
export async function arePricesDue(database: Database): Promise<boolean> {
  const rows = await database.$queryRaw`
    WITH span AS (SELECT priced_at AS since, clock_timestamp() AS until FROM registry_state WHERE id = 1)
    SELECT EXISTS (
      SELECT FROM span JOIN price_period ON effective_from > since AND effective_from <= until
      UNION ALL SELECT FROM span JOIN price_period ON effective_to > since AND effective_to <= until
      UNION ALL SELECT FROM span JOIN price_rule ON effective_from > since AND effective_from <= until
      UNION ALL SELECT FROM span JOIN price_rule ON effective_to > since AND effective_to <= until
    ) AS "isDue"`;
  return z.tuple([z.object({ isDue: z.boolean() })]).parse(rows)[0].isDue;
}

/** Seconds since a price was stored for the last time; null if there is none. */
export async function readPriceAgeSeconds(database: Database): Promise<number | null> {
  const rows = await database.$queryRaw`
    SELECT extract(epoch FROM clock_timestamp() - max(created_at))::float8 AS age FROM model_price`;
  return z.tuple([z.object({ age: z.number().nullable() })]).parse(rows)[0].age;
}

/** The snapshot that was published last, if it is newer than `known`; null where there is none. */
export async function readNewerSnapshot(
  database: Database,
  known: { epoch: number; version: number },
): Promise<RoutingSnapshot | null> {
  const row = await database.registryState.findFirst({
    where: {
      version: { gt: 0 },
      OR: [{ epoch: { gt: known.epoch } }, { epoch: known.epoch, version: { gt: known.version } }],
    },
  });
  if (row === null) return null;
  const content = z.record(z.string(), z.unknown()).parse(row.content);
  return routingSnapshot.parse({ ...content, version: row.version, epoch: Number(row.epoch) });
}

/**
 * The one row of the state, ours until the transaction ends. A registry that is new begins an epoch at the database's
 * clock, so that it wins over every registry before it and any version of that registry.
 */
async function lockState(tx: Transaction): Promise<z.output<typeof stateRow>> {
  await tx.$executeRaw`
    INSERT INTO registry_state (id, epoch, version, content_hash, content)
    VALUES (1, floor(extract(epoch FROM clock_timestamp()) * 1000), 0, '', '{}')
    ON CONFLICT (id) DO NOTHING`;
  const rows = await tx.$queryRaw`
    SELECT epoch, version, content_hash AS "contentHash" FROM registry_state WHERE id = 1 FOR UPDATE`;
  return z.tuple([stateRow]).parse(rows)[0];
}
