import { type DeclarationResult, declaredProvider, providersMax, routesMax } from '@aggregator/contracts';
import { declarer, writeAudit } from '../audit/write-audit.ts';
import { listDeclared, retireDeclared } from '../credentials/declared-credentials.ts';
import type { Transaction } from '../database/create-database.ts';
import type { ProviderWriter } from '../providers/create-provider.ts';
import { applyPriceTables } from './apply-price-tables.ts';
import { advanceFence, hashCall } from './fence.ts';
import type { LooseDeclarations, LooseEntry, Refusal } from './judge-entry.ts';
import { type AcceptedProvider, judgeProviders } from './judge-provider.ts';
import { type AcceptedRoute, judgeRoutes } from './judge-route.ts';
import { type WrittenEntries, writeProviders, writeRoutes } from './write-entries.ts';

const shownModelsMax = 64;
const auditedNamesMax = 100;
/** Far more than any provider may name, so that one absurd entry cannot keep all keys. */
const namedIdsMax = 20_000;

/**
 * Makes what one owner declares all that the registry has of it, inside the transaction that publishes it. Entries that cannot
 * be taken are left out and answered; names that others hold stay theirs.
 * @throws {AppError} `stale_declaration`; then nothing has changed.
 */
export async function applyDeclarations(
  tx: Transaction,
  owner: string,
  request: LooseDeclarations,
  writer: ProviderWriter,
): Promise<DeclarationResult[]> {
  const { providers, routes, priceTables } = request;
  const content = priceTables === undefined ? [providers, routes] : [providers, routes, priceTables];
  await advanceFence(tx, owner, request, hashCall('declarations', content));
  const judged = await applyProviders(tx, owner, providers, writer);
  const judgedRoutes = await applyRoutes(tx, owner, routes, judged.accepted);
  await retireDeclared(tx, owner, listNamedIds(providers), writer.nowMs);
  await auditDeclarations(
    tx,
    owner,
    request,
    { providers: judged.entries, routes: judgedRoutes.entries },
    writer.nowMs,
  );
  const tables = priceTables && (await applyPriceTables(tx, owner, priceTables, writer.nowMs));
  return [
    ...judged.accepted.map(toProviderResult),
    ...judgedRoutes.accepted.map(toRouteResult),
    ...[...judged.refusals, ...judgedRoutes.refusals].map(toRefusalResult),
    ...(tables ?? []),
  ];
}

/** Writes an audit entry if the call changed anything: the same declarations come again and again. */
async function auditDeclarations(
  tx: Transaction,
  owner: string,
  { epoch, sequence }: LooseDeclarations,
  { providers, routes }: Record<'providers' | 'routes', WrittenEntries>,
  nowMs: number,
): Promise<void> {
  const lists = [providers.written, providers.removed, routes.written, routes.removed];
  if (lists.every((list) => list.length === 0)) return;
  const toDetail = (list: readonly string[]) => ({ count: list.length, names: list.slice(0, auditedNamesMax) });
  await writeAudit(tx, nowMs, declarer, {
    action: 'declarations_applied',
    subjectType: 'declaration_owner',
    subjectId: owner,
    details: {
      ...{ epoch, sequence },
      providersWritten: toDetail(providers.written),
      providersRemoved: toDetail(providers.removed),
      routesWritten: toDetail(routes.written),
      routesRemoved: toDetail(routes.removed),
    },
  });
}

async function applyProviders(tx: Transaction, owner: string, entries: readonly LooseEntry[], writer: ProviderWriter) {
  const select = { name: true, owner: true, declaredHash: true, origin: true } as const;
  const rows = await tx.provider.findMany({ select });
  const standing = rows.filter((row) => row.owner === owner);
  const takenNames = new Set(rows.flatMap((row) => (row.owner === owner ? [] : [row.name])));
  const surroundings = { writer, takenNames, credentials: await listDeclared(tx, owner) };
  const judged = judgeProviders(entries, surroundings, providersMax - takenNames.size);
  return { ...judged, entries: await writeProviders(tx, owner, standing, judged.accepted) };
}

async function applyRoutes(
  tx: Transaction,
  owner: string,
  entries: readonly LooseEntry[],
  providers: readonly AcceptedProvider[],
) {
  const select = { name: true, owner: true, declaredHash: true, origin: true } as const;
  const rows = await tx.route.findMany({ select });
  const standing = rows.filter((row) => row.owner === owner);
  const takenNames = new Set(rows.flatMap((row) => (row.owner === owner ? [] : [row.name])));
  const models = entries.length === 0 ? new Set<string>() : await listModels(tx, owner, providers);
  const judged = judgeRoutes(entries, { takenNames, models }, routesMax - takenNames.size);
  return { ...judged, entries: await writeRoutes(tx, owner, standing, judged.accepted) };
}

/** The declared state of accepted providers, and the stored state of all others. */
async function listModels(tx: Transaction, owner: string, providers: readonly AcceptedProvider[]) {
  const others = await tx.model.findMany({
    where: { provider: { OR: [{ owner: null }, { owner: { not: owner } }] } },
    select: { providerName: true, id: true },
  });
  return new Set([
    ...others.map(({ providerName, id }) => `${providerName}/${id}`),
    ...providers.flatMap(({ fields, models }) => models.map(({ id }) => `${fields.name}/${id}`)),
  ]);
}

/** Of entries that are refused, too: they may be well again soon, and their keys must be there then. */
function listNamedIds(entries: readonly LooseEntry[]): string[] {
  const { credentialIds, tlsCredentialId } = declaredProvider.shape;
  const idsOf = (entry: LooseEntry) => {
    const tlsId = tlsCredentialId.safeParse(entry.tlsCredentialId).data;
    const ids = credentialIds.safeParse(entry.credentialIds).data ?? [];
    return tlsId === undefined ? ids : [...ids, tlsId];
  };
  return entries.flatMap(idsOf).slice(0, namedIdsMax);
}

function toProviderResult({ origin, models }: AcceptedProvider): DeclarationResult {
  return {
    ...{ uid: origin.uid, result: 'accepted', message: '' },
    models: models.slice(0, shownModelsMax).map(({ id }) => id),
    modelCount: models.length,
    unpricedCount: models.filter(({ price }) => price === null).length,
  };
}

function toRouteResult({ origin, note }: AcceptedRoute): DeclarationResult {
  return { uid: origin.uid, result: 'accepted', message: note };
}

function toRefusalResult({ origin, result, message }: Refusal): DeclarationResult {
  return { uid: origin.uid, result, message };
}
