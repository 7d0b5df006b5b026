/** A value in the details of an audit entry: exact in JSON for every writer and reader. */
export type AuditDetail =
  | string
  | number
  | boolean
  | null
  | readonly AuditDetail[]
  | { readonly [name: string]: AuditDetail };

/**
 * Returns the one text of a value, the same that PostgreSQL writes for `jsonb`: names sorted by their length in bytes,
 * then by their bytes, and a space after each comma and colon. So a migration can compute it too. Numbers must be safe
 * integers.
 * @throws {RangeError} for any other number
 */
export function toCanonicalJson(value: AuditDetail): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new RangeError('an audit detail is no safe integer');
  if (isList(value)) return `[${value.map(toCanonicalJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => ({
    name: Buffer.from(name),
    text: toCanonicalJson(member),
  }));
  members.sort((one, other) => one.name.length - other.name.length || Buffer.compare(one.name, other.name));
  return `{${members.map(({ name, text }) => `${JSON.stringify(name.toString())}: ${text}`).join(', ')}}`;
}

function isList(value: AuditDetail): value is readonly AuditDetail[] {
  return Array.isArray(value);
}
