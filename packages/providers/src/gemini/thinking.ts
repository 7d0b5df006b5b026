import type { ChatCompletionRequest } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { type Effort, readReasoning } from '../fields/reasoning-asked.ts';
import type { ModelTraits, ThinkingControl, ThinkingLevel } from './model-traits.ts';

export interface ThinkingConfig {
  thinkingBudget?: number;
  thinkingLevel?: ThinkingLevel;
  /** Thoughts come as summaries, where asked for. */
  includeThoughts?: boolean;
}

type Asked = Pick<ChatCompletionRequest, 'reasoning' | 'reasoning_effort'>;

/** Effort as tokens, which is how Google's own door for OpenAI's clients reads it. */
const budgets: Readonly<Record<Effort, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};
const levels: Readonly<Record<Effort, ThinkingLevel>> = {
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};
const order: readonly ThinkingLevel[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'];

/**
 * How much the model is to think, in the words that it understands: a budget of tokens up to version 2.5, a level since.
 * A caller who asks for thinking gets its summary, one who does not gets what the model does by itself. What cannot be
 * done is done as nearly as it can be, and named.
 * Sources: https://ai.google.dev/gemini-api/docs/generate-content/thinking, https://ai.google.dev/gemini-api/docs/openai,
 * https://openrouter.ai/docs/use-cases/reasoning-tokens (read 2026-11).
 * @returns null where nothing need be said
 * @throws {AppError} `invalid_value`
 */
export function toThinkingConfig(
  request: Asked,
  { thinking }: ModelTraits,
  dropped: DroppedParams,
): ThinkingConfig | null {
  const asked = readReasoning(request);
  if (asked === null) return null;
  const { param, isOff, effort, budget, isHidden } = asked;
  if (thinking.kind === 'none') {
    if (!isOff) dropped.note(param);
    return null;
  }
  if (isOff) return toLeast(thinking, param, dropped);
  const includeThoughts = !isHidden;
  if (thinking.kind === 'budget') return { thinkingBudget: toBudget(thinking, effort, budget), includeThoughts };
  const level = effort === null ? levelOf(budget) : levels[effort];
  return { ...(level !== null && { thinkingLevel: nearest(level, thinking.levels) }), includeThoughts };
}

/** Off if the model allows that; else the least that it allows, which is reported to the caller. */
function toLeast(
  thinking: Exclude<ThinkingControl, { kind: 'none' }>,
  param: string,
  dropped: DroppedParams,
): ThinkingConfig {
  if (thinking.kind === 'budget' && thinking.canBeOff) return { thinkingBudget: 0 };
  dropped.note(param);
  if (thinking.kind === 'budget') return { thinkingBudget: thinking.min };
  const [lowest] = thinking.levels;
  return lowest === undefined ? {} : { thinkingLevel: lowest };
}

/** -1 leaves it to the model, which is what being enabled without more means. */
function toBudget({ min, max }: { min: number; max: number }, effort: Effort | null, budget: number | null): number {
  const asked = budget ?? (effort === null ? null : budgets[effort]);
  return asked === null ? -1 : Math.min(Math.max(asked, min), max);
}

/** The level that corresponds to a budget in the same table; null if none was given. */
function levelOf(budget: number | null): ThinkingLevel | null {
  if (budget === null) return null;
  if (budget <= budgets.low) return 'LOW';
  return budget <= budgets.medium ? 'MEDIUM' : 'HIGH';
}

/** The level itself, the next higher one that the model has, or its highest. */
function nearest(asked: ThinkingLevel, taken: readonly ThinkingLevel[]): ThinkingLevel {
  const higher = order.slice(order.indexOf(asked)).find((level) => taken.includes(level));
  return higher ?? taken.at(-1) ?? asked;
}
