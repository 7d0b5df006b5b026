/** Part of a verdict about tags; absent if there are none, so that requests do nothing for them. */
export function tagKeysOf({ tagKeys }: { tagKeys: string[] }): { tagKeys?: string[] } {
  return tagKeys.length === 0 ? {} : { tagKeys };
}
