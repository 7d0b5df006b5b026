import type { ModelCapability } from '@aggregator/contracts';
import type { ListedModels, ModelFamily } from '../vendor-facts.ts';

/** Releases of models whose plain name is an alias. Later models have no dates in their names. */
const datedNames: Readonly<Record<string, string>> = {
  'claude-haiku-4-5': 'claude-haiku-4-5-20251001',
  'claude-opus-4-5': 'claude-opus-4-5-20251101',
  'claude-sonnet-4-5': 'claude-sonnet-4-5-20250929',
};

/** Since 4.5; all before are retired, as are `-0` and `-1` of 4. Source: https://platform.claude.com/docs/en/about-claude/model-deprecations (read 2026-11). */
const servedName = /^claude-(?:fable|haiku|mythos|opus|sonnet)-(?:4-[5-9]|[5-9])(?:-|$)/;

const common: readonly ModelCapability[] = ['tools', 'vision', 'structured_outputs', 'reasoning'];
const contextLength = 1_000_000;

/** Source: https://platform.claude.com/docs/en/models (read 2026-11). */
const families: readonly ModelFamily[] = [
  // The last ones that continue a trailing assistant message, and that think only when asked.
  // Source: https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6#prefill-removal (read 2026-11).
  { fits: /^claude-(?:haiku|opus|sonnet)-4-5/, outputTokensMax: 64_000, capabilities: [...common, 'prefill'] },
  { fits: /^claude-/, outputTokensMax: 128_000, capabilities: common, isThinker: true },
];

/**
 * $10 per 1,000 web searches. A container costs $0.05 an hour and at least five minutes, which is what a request is charged.
 * Source: https://platform.claude.com/docs/en/about-claude/pricing (read 2026-11).
 */
const toolPrices = { toolCalls: '10000', containers: '4166.666667' } as const;

export const anthropicCatalogue: ListedModels = {
  listId: 'anthropic',
  hostedTools: { listed: ['toolCalls'], rates: { containers: '4166666667' } },
  namesOf: ({ id }) => [id, ...(datedNames[id] === undefined ? [] : [datedNames[id]])],
  operationsOf: (name) => (servedName.test(name) ? ['chat.completions'] : []),
  familyOf: (name) => families.find(({ fits }) => fits.test(name)),
  contextLengthOf: () => contextLength,
  unlisted: [
    {
      id: 'claude-sonnet-5-5',
      contextLength,
      price: {
        usd: {
          ...{ input: '2', output: '10', cacheRead: '0.1', cacheWrite5m: '2.5', cacheWrite1h: '4' },
          ...toolPrices,
        },
        source: 'https://platform.claude.com/docs/en/models/sonnet-5-5/overview (read 2026-11)',
      },
    },
    { id: 'claude-fable-5-2', contextLength, price: null },
    {
      id: 'claude-haiku-5-5',
      contextLength,
      price: {
        usd: {
          ...{ input: '0.1', output: '0.5', cacheRead: '0.01', cacheWrite5m: '0.125', cacheWrite1h: '0.2' },
          ...toolPrices,
          above: {
            inputTokens: 100_000,
            price: {
              ...{ input: '0.5', output: '2.5', cacheRead: '0.05', cacheWrite5m: '0.625', cacheWrite1h: '1' },
              ...toolPrices,
            },
          },
        },
        source: 'https://platform.claude.com/docs/en/models/haiku-5-5/overview (read 2026-11)',
      },
    },
  ],
};
