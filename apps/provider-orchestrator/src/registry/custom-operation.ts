import type { Operation, Rates } from '@aggregator/contracts';

/** The operation of a custom model, chosen by the units that it has a price for. */
export function toCustomOperation(rates: Rates | undefined): Operation {
  if (rates?.images !== undefined) return 'images.generations';
  if (rates === undefined || rates.outputText !== undefined) return 'chat.completions';
  return rates.imageOut === undefined ? 'embeddings' : 'images.generations';
}
