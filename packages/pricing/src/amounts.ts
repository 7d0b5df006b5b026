import { nanoUsdString, picoUsdString } from '@aggregator/contracts';

const nanoUsdDigits = 9;
const picoUsdDigits = 12;

/**
 * A whole number of nano-USD from its decimal integer string.
 * @throws {RangeError} if the text is anything else, as "1.0", "1e3" or "".
 */
export function parseNanoUsd(text: string): bigint {
  if (!nanoUsdString.safeParse(text).success) throw new RangeError('not a whole number of nano-USD');
  return BigInt(text);
}

/** Nano-USD as the decimal integer string that crosses between processes. */
export function formatNanoUsd(amountNanoUsd: bigint): string {
  return amountNanoUsd.toString();
}

/** Nano-USD as plain decimal USD, exact, without exponent or trailing zeros: 12345n is "0.000012345". */
export function formatUsd(amountNanoUsd: bigint): string {
  return formatScaled(amountNanoUsd, nanoUsdDigits);
}

/** Nano-USD as the nearest JSON number of USD, for a reader's eye only: nothing may compute with it. */
export function toUsdNumber(amountNanoUsd: bigint): number {
  return Number(formatUsd(amountNanoUsd));
}

/**
 * A rate in pico-USD per unit as plain decimal USD per unit: "150000" is "0.00000015".
 * @throws {RangeError} if the text is not a rate.
 */
export function formatUsdPerUnit(ratePicoUsd: string): string {
  if (!picoUsdString.safeParse(ratePicoUsd).success) throw new RangeError('not a whole number of pico-USD');
  return formatScaled(BigInt(ratePicoUsd), picoUsdDigits);
}

/** `value` × 10⁻ᵈⁱᵍⁱᵗˢ in plain decimal notation. */
function formatScaled(value: bigint, digits: number): string {
  const sign = value < 0n ? '-' : '';
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, -digits);
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
