import { randomUUID } from 'node:crypto';
import {
  AppError,
  type DeclarationsAnswer,
  type DeclaredCredential,
  type DeclaredProviderEntry,
} from '@aggregator/contracts';
import type { OperatorEvents } from '../events.ts';
import type { Orchestrator } from '../orchestrator/open-orchestrator.ts';
import { checkPriceTables, type PriceTableVerdict } from './check-price-tables.ts';
import { checkRoutes, type RouteVerdict } from './check-routes.ts';
import { checkProviders, type ProviderVerdict } from './checks.ts';
import { type DeclaredEntry, takeAnswer } from './declared-set.ts';
import { type GatherParts, gather } from './gather.ts';
import { isUnknown } from './key-reading.ts';
import type { LeaderState } from './leader-state.ts';

export interface DeclareParts extends GatherParts {
  readonly leader: LeaderState;
  readonly orchestrator: Orchestrator;
  readonly events: OperatorEvents;
  /** The verdicts have changed: statuses must be written. */
  onJudged(): void;
  /** Another leads: nothing that we say counts any more. */
  onStale(): void;
}

/** So long until the set is declared again because of something that is not right yet. */
const unreadableMs = 5000;
/** A name or a span of prices that is taken may become free through the API, and no event reports that. */
const takenMs = 30_000;

/**
 * Hands over everything that is ours, whole. What is wrong with one object costs the others nothing; while the
 * orchestrator is away, it keeps what it had. Rejects where it did not take the set, which is then tried again.
 */
export async function declare(parts: DeclareParts, signal: AbortSignal): Promise<{ requeueAfterMs?: number }> {
  const { leader, reader, events } = parts;
  const reconcileId = randomUUID();
  const startedAtMs = performance.now();
  const { gathered, toHandOver } = await gather(parts, signal);
  const providers = checkProviders(gathered);
  const routes = checkRoutes(gathered, providers, (provider) => isServed(provider, leader));
  const tables = checkPriceTables(gathered.priceTables ?? []);
  leader.takeVerdicts(providers, routes, tables);
  let lost: readonly string[] = [];
  try {
    await handOver(parts, reconcileId, toHandOver);
    signal.throwIfAborted();
    const priceTables = gathered.priceTables === null ? undefined : toEntries(tables);
    const set = { providers: toEntries(providers), routes: toEntries(routes), priceTables };
    const answer = await parts.orchestrator.putDeclarations(set);
    leader.takeDeclared(takeAnswer(leader.declared, [...set.providers, ...set.routes, ...(priceTables ?? [])], answer));
    const refused = answer.entries.filter(({ result }) => result !== 'accepted').length;
    events.declared({ reconcileId, ...answer.snapshot, ...countOf(set), refused, startedAtMs });
    parts.onJudged();
    lost = toLostCredentials(providers, answer);
  } catch (error) {
    if (error instanceof AppError && error.code === 'stale_declaration') parts.onStale();
    leader.noteDeclareFailed();
    parts.onJudged();
    throw error;
  }
  reader.ledger.forget(lost);
  // Tried again, and later each time: an orchestrator without a key to seal them with never has them.
  if (lost.length > 0) throw new AppError('conflict', { internal: `the orchestrator lacks ${lost.length} keys` });
  return chooseRequeueDelay(leader, providers, routes, tables);
}

/**
 * Where the orchestrator refuses keys, everything that needs none is declared nevertheless; what needs them it refuses
 * one by one.
 */
async function handOver(
  { orchestrator, reader, events }: DeclareParts,
  reconcileId: string,
  credentials: readonly DeclaredCredential[],
): Promise<void> {
  if (credentials.length === 0) return;
  try {
    await orchestrator.putCredentials(credentials);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    events.credentialsRefused(error);
    return;
  }
  reader.ledger.markHandedOver(credentials.map(({ id }) => id));
  events.credentialsHandedOver({ reconcileId, count: credentials.length });
}

function toLostCredentials(providers: readonly ProviderVerdict[], answer: DeclarationsAnswer): readonly string[] {
  const uids = new Set(answer.entries.flatMap(({ uid, result }) => (result === 'credential_unknown' ? [uid] : [])));
  return providers.flatMap(({ entry }) => (entry !== null && uids.has(entry.origin.uid) ? idsOf(entry) : []));
}

function idsOf({ credentialIds, tlsCredentialId }: DeclaredProviderEntry): readonly string[] {
  return tlsCredentialId === undefined ? credentialIds : [...credentialIds, tlsCredentialId];
}

/** Returns when the next run must follow: at once, soon, or at the usual time. */
function chooseRequeueDelay(
  leader: LeaderState,
  providers: readonly ProviderVerdict[],
  routes: readonly RouteVerdict[],
  tables: readonly PriceTableVerdict[],
): { requeueAfterMs?: number } {
  // A provider that was refused just now must not be reached by routes either.
  const refused = new Set(
    providers.flatMap((each) => (each.entry && !isServed(each, leader) ? [each.entry.name] : [])),
  );
  const isNamed = routes.some(({ resolution }) => resolution.candidates.some(({ provider }) => refused.has(provider)));
  if (isNamed) return { requeueAfterMs: 0 };
  const isUnreadable = providers.some(({ keys }) => keys.some(({ problem }) => isUnknown(problem)));
  if (isUnreadable) return { requeueAfterMs: unreadableMs };
  const isTaken = [...providers, ...routes, ...tables].some((each) => isNameTaken(each, leader));
  return isTaken ? { requeueAfterMs: takenMs } : {};
}

/** False if the orchestrator rejected it at the last call: then the name that we would send requests to is not ours. */
function isServed({ object, entry }: ProviderVerdict, leader: LeaderState): boolean {
  if (entry === null) return false;
  const answered = leader.declared?.answered.get(object.metadata.uid);
  if (answered?.generation !== object.metadata.generation) return true;
  return answered.result.result !== 'name_taken' && answered.result.result !== 'invalid';
}

function isNameTaken(
  { object, entry }: ProviderVerdict | RouteVerdict | PriceTableVerdict,
  leader: LeaderState,
): boolean {
  const result = entry && leader.declared?.answered.get(object.metadata.uid)?.result.result;
  return result === 'name_taken' || result === 'price_conflict';
}

function toEntries<Entry extends DeclaredEntry>(verdicts: readonly { readonly entry: Entry | null }[]): Entry[] {
  return verdicts.flatMap(({ entry }) => (entry === null ? [] : [entry]));
}

function countOf(
  set: Record<'providers' | 'routes', readonly unknown[]> & { priceTables?: readonly unknown[] | undefined },
) {
  const { providers, routes, priceTables = [] } = set;
  return { providers: providers.length, routes: routes.length, priceTables: priceTables.length };
}
