import type { Rates } from '@aggregator/contracts';
import type { FixedModels } from '@aggregator/providers';
import { toCustomOperation } from '../custom-operation.ts';
import type { DeclaredModel } from '../declared-provider.ts';

/** Prices that the operator gives for models of a vendor, by the vendor's names. */
export interface GivenPrices {
  readonly rates: ReadonlyMap<string, Rates>;
  /** The variable that has them: `OPENAI_PRICES`. */
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

/** Returns models that no list has, with the operator's prices in the place of their own. Models that have a price beside them are added. */
export function withFixedPrices({ models, contextLengthUnknown }: FixedModels, given?: GivenPrices): DeclaredModel[] {
  const known = new Set(models.map(({ id }) => id));
  const added = [...(given?.rates ?? [])]
    .filter(([id]) => !known.has(id))
    .map(([id, own]): DeclaredModel => {
      const isEmbedding = own.outputText === undefined;
      return {
        id,
        operations: [isEmbedding ? 'embeddings' : 'chat.completions'],
        contextLength: contextLengthUnknown,
        maxOutputTokens: isEmbedding ? null : contextLengthUnknown,
        capabilities: [],
        firstLifeMs: null,
        price: null,
      };
    });
  return [...models, ...added].map((model) => {
    const rates = given?.rates.get(model.id);
    return given === undefined || rates === undefined ? model : { ...model, price: { rates, source: given.source } };
  });
}
