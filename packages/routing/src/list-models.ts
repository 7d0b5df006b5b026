import type { ModelRow } from '@aggregator/contracts';
import { type Listed, toRow } from './model-rows.ts';
import { repriceCandidate } from './offers.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

/**
 * The rows of `GET /models`: every model that can be served, under its bare name where that means one thing only, else
 * as
 * `<provider>/<model>`; and every route. At the prices that the organisation pays.
 */
export function listModels(index: SnapshotIndex, organizationId: string | null = null): ModelRow[] {
  if (organizationId === null || !index.priceRules.concern(organizationId)) return [...index.rows.values()];
  return [...index.listed].map(([name, listed]) => toRow(name, reprice(index, listed, organizationId)));
}

function reprice({ priceRules }: SnapshotIndex, listed: Listed, organizationId: string): Listed {
  return { ...listed, candidates: listed.candidates.map((one) => repriceCandidate(one, priceRules, organizationId)) };
}

function readRow(index: SnapshotIndex, name: string, organizationId: string | null): ModelRow | undefined {
  if (organizationId === null || !index.priceRules.concern(organizationId)) return index.rows.get(name);
  const listed = index.listed.get(name);
  return listed && toRow(name, reprice(index, listed, organizationId));
}

/** The row of a model under any name that a request may say; null if there is none. */
export function findModelRow(
  index: SnapshotIndex,
  name: string,
  organizationId: string | null = null,
): ModelRow | null {
  const listed = readRow(index, name, organizationId);
  if (listed !== undefined) return listed;
  const groups = index.byName.get(name)?.groups.values().next().value;
  const candidate = groups?.[0]?.[0]?.candidate;
  if (candidate === undefined) return null;
  const fullName = `${candidate.provider.name}/${candidate.model.id}`;
  const row = readRow(index, candidate.model.id, organizationId) ?? readRow(index, fullName, organizationId);
  return row === undefined ? null : { ...row, id: name };
}
