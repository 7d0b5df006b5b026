import type { PrivacyKind } from '@aggregator/contracts';

/** The kind of a value: found by its form, one of the policy's names, or a match of one of its patterns. */
export type Kind = PrivacyKind | 'name' | 'pattern';

/** The word of each kind in its placeholders: `[EMAIL_1]`. */
export const labels: Readonly<Record<Kind, string>> = {
  pattern: 'CUSTOM',
  name: 'NAME',
  email: 'EMAIL',
  iban: 'IBAN',
  card: 'CARD',
  snils: 'SNILS',
  inn: 'INN',
  ip: 'IP',
  phone: 'PHONE',
  passport: 'PASSPORT',
};

const anyLabel = Object.values(labels).join('|');
/** Numbers of placeholders have fewer digits than this. */
const numberDigitsMax = 7;

/** A placeholder as we write it. */
export const placeholderPattern = `\\[(?:${anyLabel})_\\d{1,${numberDigitsMax}}\\]`;

/** A placeholder in any form in which it is put back: in any case, without brackets, with the `_` behind a `\`. */
const lookalike = new RegExp(`(${anyLabel})\\\\{0,2}_(\\d{1,${numberDigitsMax}})`, 'gi');

/** The names, as `EMAIL_1`, of all placeholders that a text holds in some form. */
export function* listPlaceholderNames(text: string): Generator<string> {
  if (!text.includes('_')) return;
  for (const [, label = '', number = ''] of text.matchAll(lookalike)) yield `${label.toUpperCase()}_${number}`;
}
