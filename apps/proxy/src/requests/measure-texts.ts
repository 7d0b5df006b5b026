/** Returns the length of all texts in a value, in UTF-16 units; stops beyond `enough`. */
export function measureTexts(value: unknown, enough = Number.POSITIVE_INFINITY): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let length = 0;
  for (const part of Object.values(value)) {
    length += measureTexts(part, enough - length);
    if (length > enough) return length;
  }
  return length;
}
