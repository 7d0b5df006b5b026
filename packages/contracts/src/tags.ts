import { z } from 'zod';

/** Keys that an organisation can allow, at most: each request carries them. */
export const tagKeysMax = 8;
/** Characters of a value, at most. */
export const tagValueLengthMax = 128;

/** Name of a tag: a key of a request's `metadata`. */
export const tagKey = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, '1 to 64 letters, digits, dots, dashes and underscores');

/** Keys that become tags, each once. */
export const tagKeys = z
  .array(tagKey)
  .max(tagKeysMax)
  .refine((keys) => new Set(keys).size === keys.length, 'names no key twice');

/** Tags of one request. */
export const tags = z
  .record(tagKey, z.string().min(1).max(tagValueLengthMax).refine(isStorable, 'no NUL and no half of a character'))
  .refine((named) => Object.keys(named).length <= tagKeysMax, `at most ${tagKeysMax} tags`);
export type Tags = z.infer<typeof tags>;

/** Names tags of a request, as `team=search,release=42`; it goes before the `metadata` of the body. */
export const tagsHeader = 'x-aggregator-tags';

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
