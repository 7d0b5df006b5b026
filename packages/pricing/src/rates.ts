/** $1 per million tokens is 10⁶ pico-USD per token: six decimal places are all that a whole number of pico can hold. */
const decimalsMax = 6;

/**
 * Pico-USD per token from a price in USD per million tokens, exactly: "0.15" is "150000".
 * @throws {RangeError} if the text is not a plain decimal, or has a part smaller than one pico-USD per token.
 */
export function picoUsdPerTokenFromUsdPerMillion(usdPerMillion: string): string {
  const match = /^(\d{1,12})(?:\.(\d{1,30}))?$/.exec(usdPerMillion);
  if (match === null) throw new RangeError(`not a plain decimal price: ${usdPerMillion.slice(0, 40)}`);
  const [, whole = '', fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > decimalsMax) throw new RangeError(`not a whole number of pico-USD: ${usdPerMillion}`);
  return BigInt(whole + significant.padEnd(decimalsMax, '0')).toString();
}
