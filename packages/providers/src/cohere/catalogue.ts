import type { Operation } from '@aggregator/contracts';
import type { ListedModels, ModelFamily } from '../vendor-facts.ts';

/** Dated releases; the plain names meant releases that were retired. Source: https://docs.cohere.com/docs/deprecations (read 2026-11). */
const chatName = /^(?:command-[a-z0-9-]+-\d{2}-20\d{2}|c4ai-aya-expanse-32b)$/;
const embeddingName = /^embed-v4/;

const contextLength = 128_000;
const commandAContextLength = 256_000;

/** Source: https://docs.cohere.com/docs/models (read 2026-11). */
const families: readonly ModelFamily[] = [
  {
    fits: /^command-a-reasoning-/,
    outputTokensMax: 32_000,
    capabilities: ['tools', 'structured_outputs', 'reasoning'],
  },
  { fits: /^command-a-vision-/, outputTokensMax: 8000, capabilities: ['vision', 'structured_outputs'] },
  { fits: /^command-a-/, outputTokensMax: 8000, capabilities: ['tools', 'structured_outputs'] },
  { fits: /^command-r/, outputTokensMax: 4000, capabilities: ['tools', 'structured_outputs'] },
  { fits: /^c4ai-aya-expanse-32b/, outputTokensMax: 4000, capabilities: [] },
];

export const cohereCatalogue: ListedModels = {
  listId: 'cohere',
  namesOf: ({ id, exactNames }) => [id, ...exactNames],
  operationsOf: toOperations,
  familyOf: (name) => families.find(({ fits }) => fits.test(name)),
  contextLengthOf: (name) => (name.startsWith('command-a-') ? commandAContextLength : contextLength),
  // Free within a monthly number of calls, says the vendor, and nothing of what they cost beyond: no price, so not served.
  unlisted: [
    { id: 'command-a-reasoning-08-2025', contextLength: commandAContextLength, price: null },
    { id: 'command-a-vision-07-2025', contextLength, price: null },
  ],
};

function toOperations(name: string): readonly Operation[] {
  if (embeddingName.test(name)) return ['embeddings'];
  return chatName.test(name) ? ['chat.completions'] : [];
}
