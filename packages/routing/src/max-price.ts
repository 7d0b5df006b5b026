import type { ComponentRates, ProviderPreferences, Rates } from '@aggregator/contracts';
import { picoUsdPerTokenFromUsdPerMillion } from '@aggregator/pricing';

/** As many decimal places of USD per million tokens as whole pico-USD per token can express. */
const decimalsMax = 6;
/** No rate has more digits before the point: what is above bounds nothing. */
const wholeDigitsMax = 12;

/**
 * Whether rates are within the caller's bounds, exactly. Output counts at its dearest; models without output have none.
 * Of a price in tiers every one must be: how long a request is only its provider counts, and that is after the choice.
 */
export function createPriceBound({ prompt, completion }: NonNullable<ProviderPreferences['max_price']>) {
  const promptMax = prompt === undefined ? null : toPicoUsdPerToken(prompt);
  const completionMax = completion === undefined ? null : toPicoUsdPerToken(completion);
  const admits = ({ inputUncached, outputText, outputReasoning }: ComponentRates): boolean =>
    isWithin(inputUncached, promptMax) &&
    isWithin(outputText, completionMax) &&
    isWithin(outputReasoning, completionMax);
  return (rates: Rates): boolean => admits(rates) && (rates.above === undefined || admits(rates.above.rates));
}

function isWithin(rate: string | undefined, max: bigint | null): boolean {
  return max === null || rate === undefined || BigInt(rate) <= max;
}

/**
 * The largest whole rate that is not above a JSON number of USD per million tokens; null where no rate can be above it.
 * The number is taken by its shortest decimal text, which is what the caller wrote.
 */
export function toPicoUsdPerToken(usdPerMillion: number): bigint | null {
  const [whole = '', fraction = ''] = toPlainDecimal(usdPerMillion).split('.');
  if (whole.length > wholeDigitsMax) return null;
  const significant = fraction.slice(0, decimalsMax);
  return BigInt(picoUsdPerTokenFromUsdPerMillion(significant === '' ? whole : `${whole}.${significant}`));
}

/** "1e-7" is "0.0000001", "1.5e+21" is "1500000000000000000000". */
function toPlainDecimal(value: number): string {
  const [mantissa = '', exponentText] = value.toString().split('e');
  if (exponentText === undefined) return mantissa;
  const exponent = Number(exponentText);
  const [whole = '', fraction = ''] = mantissa.split('.');
  if (exponent < 0) return `0.${(whole + fraction).padStart(whole.length + fraction.length - exponent - 1, '0')}`;
  return (whole + fraction).padEnd(whole.length + exponent, '0');
}
