import type { ChatCompletionRequest } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import type { ModelTraits } from './model-traits.ts';

export interface SamplingFields {
  temperature?: number;
  top_p?: number;
  top_k?: unknown;
}

type Asked = Pick<ChatCompletionRequest, 'temperature' | 'top_p'> & { top_k?: unknown };

/** What a model that thinks still takes of `top_p`. */
const thinkingTopPMin = 0.95;

/**
 * How the next token is drawn. Newer models take none of it; a model that thinks takes next to nothing of it; and of
 * temperature and `top_p` only one may be given. What is not taken is named, unless it asks for what happens anyhow: 1.
 * A temperature above 1, which OpenAI has and Anthropic has not, becomes 1 and is named.
 * Sources: https://platform.claude.com/docs/en/api/messages,
 * https://platform.claude.com/docs/en/api/openai-sdk (read 2026-11).
 */
export function toSamplingFields(
  { temperature, top_p: topP, top_k: topK }: Asked,
  { takesSampling }: ModelTraits,
  isThinking: boolean,
  dropped: DroppedParams,
): SamplingFields {
  const isFree = takesSampling && !isThinking;
  const fields: SamplingFields = {};
  const hasTemperature = isGiven(temperature) && temperature !== 1;
  if (hasTemperature) {
    if (!isFree || temperature > 1) dropped.note('temperature');
    if (isFree) fields.temperature = Math.min(temperature, 1);
  }
  if (isGiven(topP) && topP !== 1) {
    const isTaken = takesSampling && !hasTemperature && (!isThinking || topP >= thinkingTopPMin);
    if (isTaken) fields.top_p = topP;
    else dropped.note('top_p');
  }
  if (isGiven(topK)) {
    if (isFree) fields.top_k = topK;
    else dropped.note('top_k');
  }
  return fields;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
