import { createHash } from 'node:crypto';
import { isExactNumber } from '@aggregator/contracts';

/** Marks that clients move from part to part as a conversation grows, without another meaning. */
const indifferent: ReadonlySet<string> = new Set(['cache_control']);

const longText = 16 * 1024;

/** Returns the same text for the same value, in any order of its fields; null and an absent field are the same. */
export function toNormalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    // An image of megabytes is hashed much faster than it is written as JSON.
    if (typeof part === 'string' && part.length > longText)
      return createHash('sha256').update(part).digest('base64url');
    if (typeof part !== 'object' || part === null || Array.isArray(part) || isExactNumber(part)) return part;
    const kept = Object.entries(part).filter(([name, inner]) => inner !== null && !indifferent.has(name));
    return Object.fromEntries(kept.sort(byName));
  });
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
