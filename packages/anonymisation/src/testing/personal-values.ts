import type { PrivacyPolicy } from '@aggregator/contracts';
import fc from 'fast-check';

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const luhnDigit = (digits: string) => {
  const sum = Array.from(digits).reduceRight((total, digit, at) => {
    const isDoubled = (digits.length - at) % 2 === 1;
    const weighed = Number(digit) * (isDoubled ? 2 : 1);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return String((10 - (sum % 10)) % 10);
};
const weigh = (number: string, weights: readonly number[]) =>
  String((weights.reduce((sum, weight, at) => sum + weight * Number(number.charAt(at)), 0) % 11) % 10);
const group = (text: string, size: number, separator: string) =>
  text.replace(new RegExp(`.{${size}}(?=.)`, 'g'), (part) => part + separator);

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const email = fc
  .tuple(
    fc.stringMatching(/^[a-zA-Zа-я0-9][a-zA-Z0-9._%+-]{0,14}$/),
    label,
    fc.constantFrom('com', 'ru', 'co.uk', 'рф'),
  )
  .map(([local, host, top]) => `${local}@${host}.${top}`);
const phone = fc
  .tuple(digits(2), digits(3), digits(2), digits(2))
  .chain(([area, first, second, third]) =>
    fc.constantFrom(
      `+7 (9${area}) ${first}-${second}-${third}`,
      `8 9${area} ${first} ${second} ${third}`,
      `89${area}${first}${second}${third}`,
      `+49 30 ${area}${first}${second}`,
      `(4${area}) ${first}-${second}${third}`,
      `1-4${area}-${first}-${second}${third}`,
    ),
  );
const card = fc
  .tuple(fc.constantFrom('4', '5', '22', '34'), digits(13), fc.constantFrom('', ' ', '-'))
  .map(([issuer, rest, separator]) => {
    const body = (issuer + rest).slice(0, 15);
    return group(body + luhnDigit(body), 4, separator);
  });
const iban = fc
  .tuple(fc.constantFrom('DE', 'NL', 'GB'), digits(18), fc.constantFrom('', ' '))
  .map(([country, rest, separator]) => {
    const account =
      country === 'DE' ? rest : country === 'NL' ? `ABNA${rest.slice(0, 10)}` : `WEST${rest.slice(0, 14)}`;
    const number = Array.from(`${account}${country}00`, (one) => Number.parseInt(one, 36)).join('');
    const check = String(98n - (BigInt(number) % 97n)).padStart(2, '0');
    return group(`${country}${check}${account}`, 4, separator);
  });
const inn = digits(10).map((start) => {
  const first = start + weigh(start, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
  return first + weigh(first, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
});
const snils = fc.tuple(digits(9), fc.boolean()).map(([start, isBare]) => {
  const sum = Array.from(start).reduce((total, digit, at) => total + Number(digit) * (9 - at), 0);
  const check = String((sum % 101) % 100).padStart(2, '0');
  return isBare ? start + check : `${group(start, 3, '-')} ${check}`;
});
const passport = fc
  .tuple(digits(2), digits(2), digits(6))
  .map(([region, year, number]) => `${region} ${year} ${number}`);
const ip = fc.oneof(
  fc.ipV4().filter((address) => !/^(127|0)\./.test(address)),
  fc.ipV6().filter((address) => /^[0-9a-f:]{12,}$/.test(address) && /\d/.test(address)),
);

export const policy: PrivacyPolicy = {
  mode: 'mask',
  names: ['Иван Петров', 'Ann', 'O"Neil & Сыновья'],
  patterns: ['ДОГ-\\d{4}/\\d{2}', 'acct_[0-9a-f]{6}'],
};
const name = fc.constantFrom('Иван Петров', 'ИВАН ПЕТРОВ', 'ann', 'O"Neil & Сыновья');
const custom = fc.oneof(
  digits(6).map((number) => `ДОГ-${number.slice(0, 4)}/${number.slice(4)}`),
  fc.stringMatching(/^acct_[0-9a-f]{6}$/),
);

/** Values of every kind that `policy` masks. */
export const personalValues = { email, phone, card, iban, inn, snils, passport, ip, name, custom };
export const personalValue = fc.oneof(...Object.values(personalValues));

const filler = fc.oneof(
  fc.constantFrom(
    'Hello, ',
    ' и ',
    '. ',
    ' [EMAIL_1] ',
    'PHONE_2',
    ' name_1 ',
    '[card\\_1]',
    '\\n',
    '"',
    '{"a": ',
    '🙂',
    '[',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

/** Texts with values in them, with what looks like placeholders, and with everything that strings can hold. */
export const personalText = fc
  .array(
    fc.oneof(
      filler,
      personalValue.map((value) => ` ${value} `),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** A text in pieces, cut anywhere. */
export function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((one, other) => one - other);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
}
