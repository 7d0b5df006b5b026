import { readFileSync } from 'node:fs';
import { type PriceEntry, priceEntry } from '@aggregator/contracts';
import { ConfigError } from '@aggregator/service-kit';
import { z } from 'zod';

const entriesMax = 5000;
const priceFile = z.strictObject({ prices: z.array(priceEntry).max(entriesMax) });

/** Prices of a JSON file: `{ "prices": [ … ] }`, each as the API takes it. @throws {ConfigError} naming what is wrong. */
export function readPriceFile(path: string): PriceEntry[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError([`PRICE_FILE: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = priceFile.safeParse(json);
  if (parsed.success) return parsed.data.prices;
  const faults = parsed.error.issues.slice(0, 20);
  throw new ConfigError(faults.map(({ path: at, message }) => `PRICE_FILE: ${at.map(String).join('.')}: ${message}`));
}
