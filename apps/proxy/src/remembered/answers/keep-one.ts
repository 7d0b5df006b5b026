/**
 * Keeps what a stream says once, or again with the same words; false where it says another thing. What is null or not there
 * says nothing where something was said.
 */
export function keepOne(fields: Record<string, unknown>, name: string, value: unknown): boolean {
  if (value === undefined) return true;
  const known = fields[name] ?? null;
  if (known === null) {
    fields[name] = value;
    return true;
  }
  return value === null || JSON.stringify(known) === JSON.stringify(value);
}
