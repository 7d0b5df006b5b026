import type { RoutingSnapshot } from '@aggregator/contracts';

type Keyed = Pick<RoutingSnapshot['providers'][number], 'name' | 'credentialRefs'>;

/** Providers that are called with other keys than before. */
export function listRekeyed(before: readonly Keyed[], now: readonly Keyed[]): string[] {
  const known = new Map(before.map(({ name, credentialRefs }) => [name, credentialRefs]));
  return now.flatMap(({ name, credentialRefs }) => {
    const refs = known.get(name);
    const isSame =
      refs === undefined ||
      (refs.length === credentialRefs.length && refs.every((ref) => credentialRefs.includes(ref)));
    return isSame ? [] : [name];
  });
}
