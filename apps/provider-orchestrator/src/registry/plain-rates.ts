import {
  type ComponentPrices,
  type ComponentRates,
  type PriceInUsd,
  type ProviderType,
  pictureClasses,
  priceInUsd,
  type Rates,
  toolComponents,
  type UsageComponent,
} from '@aggregator/contracts';
import { picoUsdPerTokenFromUsdPerMillion } from '@aggregator/pricing';
import { z } from 'zod';
import { findPriceFault, toUnitPrice } from '../providers/check-price.ts';
import { toCustomOperation } from './custom-operation.ts';

/** Which counter of usage each price is for. */
const componentOf: readonly (readonly [name: keyof ComponentPrices, component: UsageComponent])[] = [
  ['input', 'inputUncached'],
  ['output', 'outputText'],
  ['reasoning', 'outputReasoning'],
  ['cacheRead', 'cacheRead'],
  ['cacheWrite5m', 'cacheWrite5m'],
  ['cacheWrite1h', 'cacheWrite1h'],
  ['audioIn', 'audioIn'],
  ['audioOut', 'audioOut'],
  ['imageIn', 'imageIn'],
  ['imageOut', 'imageOut'],
  ['images', 'images'],
  ...[...pictureClasses, ...toolComponents].map((component) => [component, component] as const),
  ['requests', 'requests'],
];

/** $1 per million of a unit is this many pico-USD per unit. */
const picoUsdPerUnit = 1_000_000n;

/**
 * Plain prices say what a token costs, for any source and any use of the token; a token with a separate price costs
 * that price.
 * @throws {RangeError} if a price is no plain decimal of at most six places.
 */
export function toRates({ above, ...plain }: PriceInUsd): Rates {
  const rates = toComponentRates(plain);
  if (above === undefined) return rates;
  return { ...rates, above: { inputTokens: above.inputTokens, rates: toComponentRates(above.price) } };
}

function toComponentRates(price: ComponentPrices): ComponentRates {
  const { input, output } = price;
  const plain = { cacheRead: input, cacheWrite5m: input, cacheWrite1h: input, reasoning: output };
  const whole: ComponentPrices = output === undefined ? price : { ...plain, ...price };
  const rates: ComponentRates = {};
  for (const [name, component] of componentOf) {
    const usdPerMillion = whole[name];
    if (usdPerMillion !== undefined) rates[component] = picoUsdPerTokenFromUsdPerMillion(usdPerMillion);
  }
  return rates;
}

/** Rates as prices again, every counter by its name; undefined where they have none for plain input. */
export function fromRates({ above, ...plain }: Rates): PriceInUsd | undefined {
  const tier = above !== undefined && { above: { inputTokens: above.inputTokens, price: toPrices(above.rates) } };
  return priceInUsd.safeParse({ ...toPrices(plain), ...tier }).data;
}

function toPrices(rates: ComponentRates): Record<string, string> {
  return Object.fromEntries(
    componentOf.flatMap(([name, component]) => {
      const rate = rates[component];
      return rate === undefined ? [] : [[name, toUsdPerMillion(BigInt(rate))] as const];
    }),
  );
}

function toUsdPerMillion(picoUsd: bigint): string {
  const fraction = (picoUsd % picoUsdPerUnit).toString().padStart(6, '0').replace(/0+$/, '');
  const whole = (picoUsd / picoUsdPerUnit).toString();
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Prices of several models as the environment has them: a JSON text, read as rates by model. */
export const pricesByModel = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().min(1).max(200), priceInUsd))
  .transform(
    (prices) => new Map(Object.entries(prices).map(([model, price]) => [model, toRates(toPlainPrice(price))])),
  );

/** Without a price for output, a price of pictures is that of a model which makes nothing else. */
function toPlainPrice(price: PriceInUsd): PriceInUsd {
  return price.output === undefined ? toUnitPrice({ operations: ['images.generations'], price }) : price;
}

/** Returns the prices that can never be charged, each as a sentence that names the variable. */
export function findPriceFaults(name: string, type: ProviderType, prices: ReadonlyMap<string, Rates>): string[] {
  return [...prices].flatMap(([id, rates]) => {
    const price = fromRates(rates);
    const fault = price && findPriceFault(type, { id, operations: [toCustomOperation(rates)], price });
    return fault ? [`${name}: ${fault.message}`] : [];
  });
}
