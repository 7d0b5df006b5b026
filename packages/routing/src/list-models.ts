import type { ModelRow } from '@aggregator/contracts';
import type { SnapshotIndex } from './snapshot-index.ts';

/**
 * The rows of `GET /models`: every model that can be served, under its bare name where that means one thing only, else as
 * `<provider>/<model>`; and every route.
 */
export function listModels(index: SnapshotIndex): ModelRow[] {
  return [...index.rows.values()];
}

/** The row of a model under any name that a request may say; null if there is none. */
export function findModelRow(index: SnapshotIndex, name: string): ModelRow | null {
  const listed = index.rows.get(name);
  if (listed !== undefined) return listed;
  const groups = index.byName.get(name)?.groups.values().next().value;
  const candidate = groups?.[0]?.[0]?.candidate;
  if (candidate === undefined) return null;
  const row = index.rows.get(candidate.model.id) ?? index.rows.get(`${candidate.provider.name}/${candidate.model.id}`);
  return row === undefined ? null : { ...row, id: name };
}
