import type { Price, Rates } from '@aggregator/contracts';
import { scalePrice } from '@aggregator/pricing';

/** `…@<hash>~x<millionths>~hit-<percent>`: a price of the registry, and the factors on it. */
const versionParts = /@([0-9a-f]{16})(?:~x(\d{1,9}))?(?:~hit-(\d{1,3}))?$/;

/** Rates of the registry by the hash that their version ends with. */
export type ReadRates = (hashes: readonly string[]) => Promise<ReadonlyMap<string, Rates>>;

/** The hash of a version; null if it has none. */
export function readHash(version: string): string | null {
  return versionParts.exec(version)?.[1] ?? null;
}

/** The rates of a version, computed again from the stored ones and the factors that the version names. */
export function makeRates(version: string, stored: Rates): Rates {
  const [, , millionths, percent] = versionParts.exec(version) ?? [];
  let price: Price = { version: '', rates: stored };
  if (millionths !== undefined) price = scalePrice(price, Number(millionths), 'x');
  if (percent !== undefined) price = scalePrice(price, Number(percent) * 10_000, 'hit');
  return price.rates;
}
