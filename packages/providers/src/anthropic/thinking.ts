import type { ChatCompletionRequest } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { type Effort, efforts, type ReasoningAsked, readReasoning } from '../fields/reasoning-asked.ts';
import type { ModelTraits } from './model-traits.ts';

export interface ThinkingFields {
  thinking?: { type: string; budget_tokens?: number; display?: string };
  effort?: string;
}

/** What else in the request decides whether there can be thinking. */
export interface ThinkingPlace {
  maxTokens: number;
  /** A call of a tool is forced. */
  isForced: boolean;
  /** The turn continues from calls without their thinking. */
  hasLostThinking: boolean;
}

/** Which part of an answer's tokens an effort is, where there is only a budget: OpenRouter's numbers. */
const shares: Readonly<Record<Effort, number>> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
};
const budgetMin = 1024;

/**
 * How much the model is to think, in the words that it understands: newer models get an effort and decide for
 * themselves, older ones are given a budget, which must be less than `maxTokens`. A forced tool call leaves no room to
 * think, and comes first, since it is what the answer has to be. What cannot be done is dropped and named.
 * Sources: https://platform.claude.com/docs/en/build-with-claude/thinking,
 * https://openrouter.ai/docs/use-cases/reasoning-tokens (read 2026-11).
 * @throws {AppError} `invalid_value`
 */
export function toThinkingFields(
  request: Pick<ChatCompletionRequest, 'reasoning' | 'reasoning_effort'>,
  traits: ModelTraits,
  { maxTokens, isForced, hasLostThinking }: ThinkingPlace,
  dropped: DroppedParams,
): ThinkingFields {
  const asked = readReasoning(request);
  if (asked === null) return isForced ? withoutThinking(traits) : {};
  if (asked.isOff) {
    if (traits.thinkingOff !== 'impossible') return withoutThinking(traits);
    dropped.note(asked.param);
    return { effort: 'low' };
  }
  if (traits.thinking === 'none' || isForced) {
    dropped.note(asked.param);
    return isForced ? withoutThinking(traits) : {};
  }
  const display = asked.isHidden ? 'omitted' : 'summarized';
  if (traits.thinking === 'adaptive' && (asked.budget === null || !traits.takesBudget)) {
    if (asked.budget !== null) dropped.note('reasoning.max_tokens');
    const effort = asked.effort === null ? null : toEffort(asked.effort, traits.efforts);
    return { thinking: { type: 'adaptive', display }, ...(effort !== null && { effort }) };
  }
  const takesEffort = asked.effort !== null && traits.efforts.length > 0;
  const effort = takesEffort && asked.effort !== null ? { effort: toEffort(asked.effort, traits.efforts) } : {};
  if (maxTokens <= budgetMin || hasLostThinking) {
    if (!takesEffort || asked.budget !== null) dropped.note(asked.param);
    return effort;
  }
  return { thinking: { type: 'enabled', budget_tokens: toBudget(asked, maxTokens), display }, ...effort };
}

function withoutThinking({ thinkingOff }: ModelTraits): ThinkingFields {
  return thinkingOff === 'disabled' || thinkingOff === 'between_tools' ? { thinking: { type: thinkingOff } } : {};
}

/** The level itself, or the next lower one that the model has. */
function toEffort(effort: Effort, taken: readonly string[]): string {
  return efforts.slice(0, efforts.indexOf(effort) + 1).findLast((level) => taken.includes(level)) ?? 'low';
}

function toBudget({ effort, budget }: ReasoningAsked, maxTokens: number): number {
  const thinkingTokens = budget ?? Math.floor(maxTokens * shares[effort ?? 'medium']);
  return Math.min(Math.max(thinkingTokens, budgetMin), maxTokens - 1);
}
