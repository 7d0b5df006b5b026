import type { ChatCompletionRequest } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { type Effort, readReasoning } from '../fields/reasoning-asked.ts';
import { mayThink } from './model-traits.ts';

/** Share of the answer's bound that an effort may think; an effort that is not here has no budget but the model's own. */
const shares: Readonly<Partial<Record<Effort, number>>> = { minimal: 0.1, low: 0.2, medium: 0.5 };

/** Of a model and its answer, what decides about thinking. */
export interface ThinkingPlace {
  model: string;
  /** The bound of the whole answer, null if it is unknown: then an effort only turns thinking on. */
  outputTokensMax: number | null;
}

/**
 * Cohere turns thinking on or off and bounds it by tokens; it knows no levels. Asked of a model that does not think, which
 * would be refused, it is dropped and named. Undefined where nothing need be said.
 * Source: https://docs.cohere.com/docs/reasoning (read 2026-11).
 * @throws {AppError} `invalid_value`
 */
export function toThinking(
  request: Pick<ChatCompletionRequest, 'reasoning' | 'reasoning_effort'>,
  { model, outputTokensMax }: ThinkingPlace,
  dropped: DroppedParams,
): Record<string, unknown> | undefined {
  const asked = readReasoning(request);
  if (asked === null) return undefined;
  const { param, isOff, effort, budget } = asked;
  if (!mayThink(model)) {
    if (!isOff) dropped.note(param);
    return undefined;
  }
  if (isOff) return { type: 'disabled' };
  if (budget !== null) return { type: 'enabled', token_budget: budget };
  const share = effort === null ? undefined : shares[effort];
  if (share === undefined || outputTokensMax === null) return { type: 'enabled' };
  return { type: 'enabled', token_budget: Math.max(1, Math.floor(outputTokensMax * share)) };
}
