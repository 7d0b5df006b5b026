import { createHash } from 'node:crypto';
import { type RoutingSnapshot, routingSnapshot } from '@aggregator/contracts';
import type { QueryRows } from '@aggregator/database';
import { z } from 'zod';
import type { Database, Transaction } from '../database/create-database.ts';
import { readRegistry } from '../registry/read-registry.ts';
import { type CompiledSnapshot, compileSnapshot } from './compile-snapshot.ts';

export interface Published<Result> {
  /** The result of the change. */
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

const registryLook = z.object({
  /** A price or a rule has begun or ended since the last change was published. */
  arePricesDue: z.boolean(),
  isNewer: z.boolean(),
  /** Since a price was stored for the last time; null if there is none. */
  priceAgeSeconds: z.number().nullable(),
});

/** Returns by one statement, which each instance repeats every second, whether a snapshot must be published or read. */
export async function lookAtRegistry(
  query: QueryRows,
  known: { epoch: number; version: number },
): Promise<z.output<typeof registryLook>> {
  const rows = await query(
    `WITH span AS (SELECT priced_at AS since, clock_timestamp() AS until FROM registry_state WHERE id = 1)
     SELECT EXISTS (
       SELECT FROM span JOIN price_period ON effective_from > since AND effective_from <= until
       UNION ALL SELECT FROM span JOIN price_period ON effective_to > since AND effective_to <= until
       UNION ALL SELECT FROM span JOIN price_rule ON effective_from > since AND effective_from <= until
       UNION ALL SELECT FROM span JOIN price_rule ON effective_to > since AND effective_to <= until
     ) AS "arePricesDue",
     EXISTS (
       SELECT FROM registry_state
       WHERE version > 0 AND (epoch > $1::bigint OR epoch = $1::bigint AND version > $2::int)
     ) AS "isNewer",
     (SELECT extract(epoch FROM clock_timestamp() - max(created_at))::float8 FROM model_price) AS "priceAgeSeconds"`,
    [known.epoch, known.version],
  );
  return z.tuple([registryLook]).parse(rows)[0];
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
