import type { ObjectMetadata } from '../watch/read-object.ts';

/** The older one comes first; of the same age, the one whose namespace, then name, comes first. */
export function bySeniority(left: ObjectMetadata, right: ObjectMetadata): number {
  return (
    Date.parse(left.creationTimestamp) - Date.parse(right.creationTimestamp) ||
    compare(left.namespace, right.namespace) ||
    compare(left.name, right.name)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Of each name, the object that holds it. */
export function nameHolders<Item>(
  items: readonly Item[],
  read: (item: Item) => { readonly name: string; readonly metadata: ObjectMetadata },
): ReadonlyMap<string, ObjectMetadata> {
  const holders = new Map<string, ObjectMetadata>();
  for (const { name, metadata } of items.map(read)) {
    const holder = holders.get(name);
    if (holder === undefined || bySeniority(metadata, holder) < 0) holders.set(name, metadata);
  }
  return holders;
}
