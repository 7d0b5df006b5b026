import { type ComponentRates, type Price, type Rates, usageComponents } from '@aggregator/contracts';

/** 1,000,000 ppm is the whole price. */
const wholePpm = 1_000_000n;
const versionCharactersMax = 100;

/**
 * Returns the price times a factor, as a separate price: a charge can be computed again from it alone. Each rate is
 * rounded up to whole pico-USD. The cost stays.
 * @param multiplierPpm Millionths, 0 or more: 1,250,000 adds a quarter.
 * @param label What the version is marked with, of letters, digits and hyphens.
 */
export function scalePrice(price: Price, multiplierPpm: number, label: string): Price {
  const { version, rates, cost } = price;
  return {
    version: labelVersion(version, label),
    rates: scaleRates(rates, BigInt(multiplierPpm)),
    cost: cost ?? { version, rates },
  };
}

function scaleRates({ above, ...plain }: Rates, multiplierPpm: bigint): Rates {
  const tier = above !== undefined && { above: { ...above, rates: scaleTier(above.rates, multiplierPpm) } };
  return { ...scaleTier(plain, multiplierPpm), ...tier };
}

function scaleTier(rates: ComponentRates, multiplierPpm: bigint): ComponentRates {
  const scaled: ComponentRates = {};
  for (const component of usageComponents) {
    const rate = rates[component];
    // Upwards, as all rounding of what is owed.
    if (rate !== undefined) scaled[component] = ((BigInt(rate) * multiplierPpm + wholePpm - 1n) / wholePpm).toString();
  }
  return scaled;
}

/** Too long a version loses letters of its name, never of the hash behind `@` that distinguishes it. */
function labelVersion(version: string, label: string): string {
  const suffix = `~${label}`;
  const surplus = Math.max(0, version.length + suffix.length - versionCharactersMax);
  const hashAt = version.lastIndexOf('@');
  const nameEnd = hashAt < 0 ? version.length : hashAt;
  return `${version.slice(0, Math.max(0, nameEnd - surplus))}${version.slice(nameEnd)}${suffix}`;
}
