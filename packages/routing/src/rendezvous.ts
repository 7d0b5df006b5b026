const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

/**
 * A number in (0, 1) that belongs to this pair: the name with the highest keeps the affinity for as long as it is
 * there, and of those whose highest goes away each finds its own next (rendezvous hashing; Thaler and Ravishankar,
 * 1998). No secret rests on it: FNV-1a over UTF-16 units, mixed by MurmurHash3's finaliser, since FNV alone leaves like
 * names alike.
 */
export function rendezvous(affinity: string, name: string): number {
  let hash = fnvOffset;
  const text = `${affinity}\n${name}`;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), fnvPrime);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return ((hash >>> 0) + 0.5) / 2 ** 32;
}
