import {
  type CredentialShown,
  type ModelShown,
  type ProviderDetail,
  type ProviderHealth,
  type ProviderRow,
  providerDetail,
  providerRow,
  rates,
} from '@aggregator/contracts';
import { type LastChange, readLastChanges } from '../audit/last-changes.ts';
import type { Transaction } from '../database/create-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { fromRates } from '../registry/plain-rates.ts';

const shownCredential = { select: { id: true, last4: true, fingerprint: true } } as const;
const detail = {
  credentials: shownCredential,
  models: { orderBy: { id: 'asc' }, include: { price: true } },
} as const;

type Row = Prisma.ProviderGetPayload<{ include: { credentials: typeof shownCredential } }> & { change: LastChange };
type DetailRow = Prisma.ProviderGetPayload<{ include: typeof detail }> & { change: LastChange };

/** One provider with all its public fields; null if there is none of that name. */
export async function findProviderDetail(tx: Transaction, name: string): Promise<DetailRow | null> {
  const row = await tx.provider.findUnique({ where: { name }, include: detail });
  return row && { ...row, change: (await readLastChanges(tx, 'provider', [row]))(name) };
}

export function toProviderDetail({ models, ...row }: DetailRow, health: ProviderHealth): ProviderDetail {
  return providerDetail.parse({ ...toShown(row, health), models: models.map(toModelShown) });
}

/** A page of providers from behind `cursor`, by name. */
export async function readProviderRows(
  tx: Transaction,
  page: { cursor: string | undefined; limit: number },
  readHealth: (name: string) => ProviderHealth,
): Promise<ProviderRow[]> {
  const { cursor, limit } = page;
  const rows = await tx.provider.findMany({
    where: cursor === undefined ? {} : { name: { gt: cursor } },
    orderBy: { name: 'asc' },
    take: limit,
    include: { credentials: shownCredential },
  });
  const counts = await countModels(
    tx,
    rows.map(({ name }) => name),
  );
  const changeOf = await readLastChanges(tx, 'provider', rows);
  return rows.map((row) => {
    const shown = toShown({ ...row, change: changeOf(row.name) }, readHealth(row.name));
    return providerRow.parse({ ...shown, ...counts(row.name) });
  });
}

async function countModels(tx: Transaction, names: readonly string[]) {
  const counted = await tx.model.groupBy({
    by: ['providerName'],
    where: { providerName: { in: [...names] } },
    _count: { _all: true, priceVersion: true },
  });
  const byName = new Map(counted.map(({ providerName, _count }) => [providerName, _count]));
  return (name: string) => {
    const count = byName.get(name);
    const models = count?._all ?? 0;
    return { models, unpricedModels: models - (count?.priceVersion ?? 0) };
  };
}

function toShown(row: Row, health: ProviderHealth) {
  const { name, type, baseUrl, credentialRefs, options, concurrencyMax, enabled, source, createdAt } = row;
  const stored = new Map(row.credentials.map(({ id, last4, fingerprint }) => [`stored:${id}`, { last4, fingerprint }]));
  const credentials = credentialRefs.map((ref): CredentialShown => ({ ref, ...stored.get(ref) }));
  const declared = { name, type, baseUrl, credentials, options, concurrencyMax, enabled, source };
  return { ...declared, health, createdAt: createdAt.toISOString(), ...row.change };
}

function toModelShown(row: DetailRow['models'][number]) {
  const { id, operations, contextLength, maxOutputTokens, capabilities, firstLifeMs } = row;
  const parsed = rates.safeParse(row.price?.rates);
  const price = parsed.success ? fromRates(parsed.data) : undefined;
  const model = { id, operations, contextLength, maxOutputTokens, capabilities, firstLifeMs };
  return price === undefined ? model : ({ ...model, price } satisfies Record<keyof ModelShown, unknown>);
}
