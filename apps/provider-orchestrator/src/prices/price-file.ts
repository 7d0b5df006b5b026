import { readFileSync } from 'node:fs';
import { declaredPriceRule, priceEntry } from '@aggregator/contracts';
import { ConfigError } from '@aggregator/service-kit';
import { z } from 'zod';

const entriesMax = 5000;
const priceFile = z
  .strictObject({
    prices: z.array(priceEntry).max(entriesMax).optional(),
    rules: z.array(declaredPriceRule).max(entriesMax).optional(),
  })
  .refine(({ prices, rules }) => prices !== undefined || rules !== undefined, "it has neither 'prices' nor 'rules'")
  .transform(({ prices = [], rules = [] }) => ({ prices, rules }));
export type PriceFile = z.infer<typeof priceFile>;

/**
 * Prices and rules of a JSON file: `{ "prices": [ … ], "rules": [ … ] }`, each as the API takes it.
 * @throws {ConfigError} naming what is wrong.
 */
export function readPriceFile(path: string): PriceFile {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError([`PRICE_FILE: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = priceFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 20);
  throw new ConfigError(faults.map(({ path: at, message }) => `PRICE_FILE: ${at.map(String).join('.')}: ${message}`));
}
