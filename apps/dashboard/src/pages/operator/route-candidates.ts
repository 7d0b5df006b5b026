import type { RouteRow } from '@aggregator/contracts';

export type Candidate = RouteRow['candidates'][number];

/** Returns the candidates with one more, which replaces the others when they fail. */
export function addCandidate(list: readonly Candidate[], added: Pick<Candidate, 'provider' | 'model'>): Candidate[] {
  const priority = Math.max(-1, ...list.map((candidate) => candidate.priority)) + 1;
  return [...list, { ...added, priority, weight: 1 }];
}

/** Parts `<provider>/<model>` at the first slash; null if there is none. */
export function readCandidate(id: string): Pick<Candidate, 'provider' | 'model'> | null {
  const at = id.indexOf('/');
  return at <= 0 || at === id.length - 1 ? null : { provider: id.slice(0, at), model: id.slice(at + 1) };
}
