import { olderNames } from './older-names.ts';
import type { ConfigShape, Environment } from './read-config.ts';

/** Shorter names are too near to others by chance. */
const lengthMin = 7;
const editsMax = 2;
/** Further keys of a provider: `OPENAI_API_KEY_2`. */
const furtherKey = /_\d+$/;
const earlierPrefix = 'AGG_';

export interface UnknownName {
  readonly name: string;
  /** The nearest name that is read; null if none is near. */
  readonly nearest: string | null;
}

/**
 * Variables that nothing reads although they look like ours: those that begin with `AGG_`, and those that differ in one or
 * two letters from a name that is read. Values are not looked at.
 */
export function findUnknownNames(shape: ConfigShape, environment: Environment): UnknownName[] {
  const known = [...Object.values(shape).flatMap(({ name, aliases }) => [name, ...aliases]), ...olderNames];
  const isKnown = new Set(known);
  return Object.keys(environment).flatMap((name) => {
    if (isKnown.has(name.replace(furtherKey, '')) || name.length < lengthMin || !environment[name]) return [];
    const isEarlier = name.startsWith(earlierPrefix);
    const nearest = findNearest(name, known, isEarlier ? Math.max(editsMax, Math.floor(name.length / 3)) : editsMax);
    return isEarlier || nearest !== null ? [{ name, nearest }] : [];
  });
}

function findNearest(name: string, known: readonly string[], editsAtMost: number): string | null {
  let nearest: string | null = null;
  let fewest = editsAtMost + 1;
  for (const candidate of known) {
    if (candidate.length < lengthMin || Math.abs(candidate.length - name.length) >= fewest) continue;
    const edits = countEdits(name, candidate);
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

/** Levenshtein's distance. */
function countEdits(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
