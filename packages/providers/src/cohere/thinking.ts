import type { ChatCompletionRequest } from '@aggregator/contracts';

/** Share of the answer's bound that an effort may think; an effort that is not here has no budget but the model's own. */
const shares: ReadonlyMap<string, number> = new Map([
  ['minimal', 0.1],
  ['low', 0.2],
  ['medium', 0.5],
]);

/**
 * Cohere turns thinking on or off and bounds it by tokens; it knows no levels. `outputTokensMax` is the bound of the whole
 * answer, null if nobody knows it: then an effort only turns thinking on. Undefined where the caller says nothing.
 * Source: https://docs.cohere.com/docs/reasoning (read 2026-11).
 */
export function toThinking(
  { reasoning, reasoning_effort }: ChatCompletionRequest,
  outputTokensMax: number | null,
): Record<string, unknown> | undefined {
  const effort = reasoning?.effort ?? reasoning_effort ?? undefined;
  if (reasoning?.enabled === false || effort === 'none' || reasoning?.max_tokens === 0) return { type: 'disabled' };
  if (reasoning?.max_tokens) return { type: 'enabled', token_budget: reasoning.max_tokens };
  if (effort === undefined) return reasoning?.enabled === true ? { type: 'enabled' } : undefined;
  const share = shares.get(effort);
  if (share === undefined || outputTokensMax === null) return { type: 'enabled' };
  return { type: 'enabled', token_budget: Math.max(1, Math.floor(outputTokensMax * share)) };
}
