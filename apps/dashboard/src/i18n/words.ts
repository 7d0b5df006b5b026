/** A text in English and in Russian. A value replaces `{name}`. */
export type Pair = readonly [en: string, ru: string];
export type Words = Readonly<Record<string, Pair>>;

export const languages = ['en', 'ru'] as const;
export type Language = (typeof languages)[number];

export type Values = Readonly<Record<string, string | number>>;
export type Translate<Table extends Words> = (key: keyof Table & string, values?: Values) => string;

export function translate(pair: Pair, language: Language, values: Values = {}): string {
  const text = pair[languages.indexOf(language)] ?? pair[0];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
