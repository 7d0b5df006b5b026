import type { Operation, Rates } from '@aggregator/contracts';

/** What a custom model does, by what it has a price for. */
export function toCustomOperation(rates: Rates | undefined): Operation {
  if (rates?.images !== undefined) return 'images.generations';
  if (rates === undefined || rates.outputText !== undefined) return 'chat.completions';
  return rates.imageOut === undefined ? 'embeddings' : 'images.generations';
}
