import type { ChatCompletionRequest } from '@aggregator/contracts';
import { invalidValue } from './invalid-value.ts';

/** How much a model is to think where it does, from the least. `none` beside them turns it off. */
export const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

/** What a caller asks of a model's thinking; null for what is left to the model. */
export interface ReasoningAsked {
  /** As the caller named it, for what cannot be done. */
  readonly param: 'reasoning' | 'reasoning_effort';
  readonly isOff: boolean;
  readonly effort: Effort | null;
  /** Most tokens of thinking. */
  readonly budget: number | null;
  /** The thinking is not to be shown. */
  readonly isHidden: boolean;
}

/**
 * Null where the caller says nothing of it. Where the effort is said twice, OpenAI's name of it counts; an effort counts for
 * more than `enabled`.
 * Source: https://openrouter.ai/docs/use-cases/reasoning-tokens (read 2026-11).
 * @throws {AppError} `invalid_value`
 */
export function readReasoning({
  reasoning,
  reasoning_effort: named,
}: Pick<ChatCompletionRequest, 'reasoning' | 'reasoning_effort'>): ReasoningAsked | null {
  const asked = named ?? reasoning?.effort ?? null;
  const budget = reasoning?.max_tokens ?? null;
  const isEnabled = reasoning?.enabled ?? null;
  if (asked === null && budget === null && isEnabled === null) return null;
  const effort = efforts.find((one) => one === asked) ?? null;
  if (asked !== null && asked !== 'none' && effort === null) {
    const param = named ? 'reasoning_effort' : 'reasoning.effort';
    throw invalidValue(param, `An effort is none, ${efforts.slice(0, -1).join(', ')} or ${efforts.at(-1)}.`);
  }
  return {
    param: named ? 'reasoning_effort' : 'reasoning',
    isOff: asked === 'none' || budget === 0 || (isEnabled === false && asked === null),
    effort,
    budget,
    isHidden: reasoning?.exclude === true,
  };
}
