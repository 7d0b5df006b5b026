/** The columns of the matrix: providers by the names that a caller uses. */
export const providerNames = [
  'openai',
  'anthropic',
  'google',
  'cohere',
  'openrouter',
  'yandex',
  'custom',
  'mock',
] as const;
export type ProviderName = (typeof providerNames)[number];
