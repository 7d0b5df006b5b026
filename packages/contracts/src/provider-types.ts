// Written by `npm run generate:providers` from packages/providers/src/registry.ts. Do not change it by hand.

/** The dialects that an adapter exists for. */
export const providerTypes = [
  'OpenAI',
  'Anthropic',
  'Gemini',
  'Cohere',
  'OpenRouter',
  'Yandex',
  'OpenAICompatible',
  'Mock',
] as const;

/** What the Provider resource must know of a type. */
export interface ProviderTraits {
  /** True if a resource must have `endpoint`. */
  readonly needsAddress: boolean;
  /** True if a resource must have `credentials`. */
  readonly needsKey: boolean;
  /** True if its models are known without `models`. */
  readonly hasModels: boolean;
  /** The field that this type alone has; null if none. */
  readonly field: string | null;
}

export const providerTraits: Readonly<Record<(typeof providerTypes)[number], ProviderTraits>> = {
  OpenAI: { needsAddress: false, needsKey: true, hasModels: true, field: null },
  Anthropic: { needsAddress: false, needsKey: true, hasModels: true, field: null },
  Gemini: { needsAddress: false, needsKey: true, hasModels: true, field: null },
  Cohere: { needsAddress: false, needsKey: true, hasModels: true, field: null },
  OpenRouter: { needsAddress: false, needsKey: true, hasModels: true, field: null },
  Yandex: { needsAddress: false, needsKey: true, hasModels: true, field: null },
  OpenAICompatible: { needsAddress: true, needsKey: false, hasModels: false, field: 'profile' },
  Mock: { needsAddress: false, needsKey: false, hasModels: true, field: 'mock' },
};
