import { AppError, isExactNumber, isOpaqueField } from '@aggregator/contracts';

/**
 * What becomes of text with NUL characters or lone surrogates, which PostgreSQL does not hold. `stored`: it is refused wherever it is.
 * `forwarded`: only names, ids and metadata refuse it; in all other text, which goes to a provider and is not stored, NUL stays
 * and a lone surrogate becomes U+FFFD.
 */
export type TextUse = 'stored' | 'forwarded';

/** The position of a part of a body. */
export interface TextPlace {
  /** As a caller writes it, for example `messages[0].content`; empty for the body. */
  readonly path: string;
  /** The part is in a field whose text is kept or compared. */
  readonly isKept: boolean;
  /** The part is in a value whose names are a client's own, for example the input of a tool. */
  readonly isOpaque: boolean;
}

export const bodyPlace: TextPlace = { path: '', isKept: false, isOpaque: false };

/** Fields of AI requests that name something, or that stay here. */
const keptFields: ReadonlySet<string> = new Set([
  ...[
    'call_id',
    'conversation',
    'id',
    'item_id',
    'metadata',
    'model',
    'models',
    'name',
    'namespace',
    'previous_response_id',
  ],
  ...[
    'prompt_cache_key',
    'provider',
    'role',
    'safety_identifier',
    'server_label',
    'tool_call_id',
    'tool_use_id',
    'type',
    'user',
  ],
  ...['user_id'],
]);

/** True if a text, or any text or name in a value, is broken. */
export function hasBrokenText(value: unknown): boolean {
  if (typeof value === 'string') return isBroken(value);
  if (Array.isArray(value)) return value.some(hasBrokenText);
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) {
    if (isBroken(name) || hasBrokenText((value as Record<string, unknown>)[name])) return true;
  }
  return false;
}

/** Returns the position of the value of a field or of an entry of a list. */
export function placeOf(parent: TextPlace, key: string | number, isArray: boolean): TextPlace {
  if (typeof key === 'number') return { ...parent, path: `${parent.path}[${key}]` };
  return {
    path: parent.path === '' ? key : `${parent.path}.${key}`,
    isKept: parent.isKept || (!parent.isOpaque && keptFields.has(key)),
    isOpaque: parent.isOpaque || isOpaqueField(key, isArray),
  };
}

/**
 * Mends the text of a value in place, as its use allows. `from` is the number of the first entry of a list.
 * @throws {AppError} `invalid_value` with the field, for text that cannot be taken
 */
export function mendText(value: unknown, use: TextUse, place: TextPlace = bodyPlace, from = 0): void {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const at = placeOf(place, Array.isArray(value) ? Number(key) + from : key, Array.isArray(item));
    if (isBroken(key)) requireForwarded(use, isOwnName(place), at);
    if (typeof item !== 'string') mendText(item, use, at);
    else if (isBroken(item)) {
      requireForwarded(use, !at.isKept, at);
      Reflect.set(value, key, item.toWellFormed());
    }
  }
}

/** True if the names in a value are a client's own: they are forwarded as they are. */
export function isOwnName({ isKept, isOpaque }: TextPlace): boolean {
  return isOpaque && !isKept;
}

/** @throws {AppError} `invalid_value` */
export function requireForwarded(use: TextUse, mayBeMended: boolean, { path }: TextPlace): void {
  if (use === 'forwarded' && mayBeMended) return;
  const param = path.replaceAll('\u0000', '').toWellFormed().slice(0, 200);
  throw new AppError('invalid_value', {
    param,
    message: `Invalid value for '${param}': the text has NUL characters or lone surrogates.`,
  });
}

export function isBroken(text: string): boolean {
  return text.includes('\u0000') || !text.isWellFormed();
}
