import type { Rates } from '@aggregator/contracts';
import { toCustomOperation } from '../custom-operation.ts';
import type { DeclaredModel } from '../declared-provider.ts';

/** Prices that the operator gives for models of a vendor, by the vendor's names. */
export interface GivenPrices {
  readonly rates: ReadonlyMap<string, Rates>;
  /** What has them: `OPENAI_PRICES`. */
  readonly source: string;
}

/**
 * Returns the models of a vendor with the operator's prices in the place of the list's. A model that the vendor has retired, or
 * that nothing is known of, is added: who prices it has it.
 * @param everKnown All models of the vendor, those that it has retired, too.
 * @param describe A model that is not among them, by its name alone.
 */
export function withGivenPrices(
  served: readonly DeclaredModel[],
  everKnown: readonly DeclaredModel[],
  { rates, source }: GivenPrices,
  describe: (id: string) => DeclaredModel,
): DeclaredModel[] {
  const known = new Map(everKnown.map((model) => [model.id, model]));
  const given = [...rates].map(([id, own]): DeclaredModel => {
    const model = known.get(id) ?? describe(id);
    const operation = toCustomOperation(own);
    const operations = model.operations.includes(operation) ? model.operations : [operation];
    const maxOutputTokens = operations.includes('chat.completions')
      ? (model.maxOutputTokens ?? model.contextLength)
      : null;
    return { ...model, operations, maxOutputTokens, price: { rates: own, source } };
  });
  return [...served.filter(({ id }) => !rates.has(id)), ...given].sort((a, b) => (a.id < b.id ? -1 : 1));
}
