/** Nano-USD in one USD. */
const unit = 1_000_000_000n;

/**
 * Returns an amount in USD, exact to the nano: all digits that are not zero, and at least two places. Without floats.
 * @param nanoUsd decimal integer
 */
export function formatMoney(nanoUsd: string | bigint, language: string): string {
  return format(BigInt(nanoUsd), language, (places) => Math.max(2, places.replace(/0+$/, '').length));
}

/** Returns an amount of whole cents in USD. */
export const formatCents = (cents: string, language: string): string =>
  formatMoney(BigInt(cents) * (unit / 100n), language);

/** Returns an amount of pico-USD in USD, exact. */
export function formatPico(picoUsd: string, language: string): string {
  return format(BigInt(picoUsd), language, (places) => Math.max(2, places.replace(/0+$/, '').length), 12);
}

/** Returns the USD per million units of a rate in pico-USD per unit: a million pico-USD are a micro-USD. */
export const perMillionOfPico = (picoUsd: string, language: string): string =>
  formatMoney(BigInt(picoUsd) * 1000n, language);

/** As `formatMoney`, rounded half up to cents if that is at least one: for tiles and charts, never for a statement. */
export function formatMoneyShort(nanoUsd: string | bigint, language: string): string {
  const amount = BigInt(nanoUsd);
  const size = amount < 0n ? -amount : amount;
  if (size < unit / 100n) return formatMoney(amount, language);
  const cents = (size + unit / 200n) / (unit / 100n);
  const rounded = cents * (unit / 100n);
  return format(amount < 0n ? -rounded : rounded, language, () => 2);
}

function format(amount: bigint, language: string, placesOf: (places: string) => number, digits = 9): string {
  const size = amount < 0n ? -amount : amount;
  const one = 10n ** BigInt(digits);
  const all = String(size % one).padStart(digits, '0');
  const places = all.slice(0, placesOf(all));
  const whole = new Intl.NumberFormat(language).format(size / one);
  const point = language.startsWith('ru') ? ',' : '.';
  return `${amount < 0n ? '−' : ''}$${whole}${point}${places}`;
}

/**
 * Returns the nano-USD of an amount as a person writes it, such as `12.50` or `12,5`; null if it is none, or finer than a nano.
 */
export function parseMoney(text: string): bigint | null {
  const match = /^\s*(-?)\$?\s*(\d{1,9})(?:[.,](\d{1,9}))?\s*$/.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '0', places = ''] = match;
  const amount = BigInt(whole) * unit + BigInt(places.padEnd(9, '0'));
  return sign === '-' ? -amount : amount;
}

/** Returns an amount as `parseMoney` reads it, to be changed in a field: `12.5`. */
export function toPlainMoney(nanoUsd: string): string {
  const amount = BigInt(nanoUsd);
  const size = amount < 0n ? -amount : amount;
  const places = String(size % unit)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${size / unit}${places === '' ? '' : `.${places}`}`;
}

/** Returns the USD per million of what costs `usdPerUnit` each, as an amount; as it is if it is finer than a nano. */
export function formatPerMillion(usdPerUnit: string, language: string): string {
  const million = perMillion(usdPerUnit);
  const amount = parseMoney(million);
  return amount === null ? `$${million}` : formatMoney(amount, language);
}

/** Returns the USD per million of what costs `usdPerUnit` each, both decimal texts: the point moves six places. */
export function perMillion(usdPerUnit: string): string {
  const [whole = '0', places = ''] = usdPerUnit.split('.');
  const digits = places.padEnd(6, '0');
  const moved = `${whole}${digits.slice(0, 6)}`.replace(/^0+(?=\d)/, '');
  const rest = digits.slice(6).replace(/0+$/, '');
  return rest === '' ? moved : `${moved}.${rest}`;
}
