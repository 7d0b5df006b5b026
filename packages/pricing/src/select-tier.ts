import type { ComponentRates, Rates, Usage } from '@aggregator/contracts';

/** What one input token can turn out to be. All of them together decide the tier. */
export const inputComponents = [
  'inputUncached',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioIn',
  'imageIn',
] as const;

/** What one output token can turn out to be. */
export const outputComponents = ['outputText', 'outputReasoning', 'audioOut', 'imageOut'] as const;

/**
 * The rates that a usage is priced by: those above the border where its input is more than that, strictly; else the
 * plain ones. Output has no part in it. So OpenAI, Google and Anthropic charge, each for the request as a whole.
 *
 * Sources: https://developers.openai.com/api/docs/models/gpt-5.4, https://ai.google.dev/gemini-api/docs/pricing,
 * https://platform.claude.com/docs/en/models/haiku-5-5/overview (read 2026-11).
 */
export function selectTier(usage: Usage, rates: Rates): ComponentRates {
  const { above } = rates;
  if (above === undefined) return rates;
  let inputTokens = 0;
  for (const component of inputComponents) inputTokens += usage[component] ?? 0;
  return inputTokens > above.inputTokens ? above.rates : rates;
}
