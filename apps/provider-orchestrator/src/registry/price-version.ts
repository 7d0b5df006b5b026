import { createHash } from 'node:crypto';
import { type ComponentRates, type Rates, usageComponents } from '@aggregator/contracts';

/** Versions are at most 100 characters; the hash needs 17 of them and covers the whole name. */
const nameLengthMax = 83;

/**
 * `openai/gpt-4o-mini@3f9c…`: the name of a price, made of what it is for and what it says. The same rates always have the
 * same version, and other rates another, so a version never needs to change.
 */
export function toPriceVersion(provider: string, model: string, rates: Rates): string {
  const name = `${provider}/${model}`;
  const { above } = rates;
  const said = above === undefined ? [toPairs(rates)] : [toPairs(rates), above.inputTokens, toPairs(above.rates)];
  const hash = createHash('sha256')
    .update(JSON.stringify([name, ...said]))
    .digest('hex')
    .slice(0, 16);
  return `${name.slice(0, nameLengthMax)}@${hash}`;
}

/** In one order for every order of the input. */
function toPairs(rates: ComponentRates) {
  return usageComponents.flatMap((component) =>
    rates[component] === undefined ? [] : [[component, rates[component]] as const],
  );
}
