import type { ChatCompletionRequest, SnapshotModel } from '@aggregator/contracts';
import type { RequestBounds } from '../admission/hold-request.ts';
import type { ContentSummary } from './inspect-content.ts';

/** The dearest reading of one image among today's models (8 tiles of gpt-4o-mini: 48,169), rounded up. */
const imageTokensMax = 50_000;
const imageTokensEstimate = 1000;
const bytesPerTokenEstimate = 3;
const bytesPerTokenLikely = 4;
/** How long an answer probably is where the caller sets no limit. */
const outputTokensLikely = 1024;

/**
 * What a conversation can use at most. A token of text is a byte at least, in every tokenizer there is, and the JSON around
 * a message is longer than what templates add to it: so the body's bytes, images apart, bound its tokens. Whatever the
 * parts, a provider takes no more than the model's context. Of several models that may serve it, the largest counts.
 */
export function boundChat(
  request: ChatCompletionRequest,
  bodyBytes: number,
  { images, dataUrlLength, hasOpaqueParts }: ContentSummary,
  models: readonly Pick<SnapshotModel, 'contextLength' | 'maxOutputTokens'>[],
): RequestBounds {
  const contextLength = Math.max(...models.map((model) => model.contextLength));
  const textBytes = bodyBytes - dataUrlLength;
  const inputTokensMax = hasOpaqueParts ? contextLength : Math.min(contextLength, textBytes + images * imageTokensMax);
  const estimate = Math.ceil(textBytes / bytesPerTokenEstimate) + images * imageTokensEstimate;
  const choices = request.n ?? 1;
  const modelMax = Math.max(...models.map((model) => model.maxOutputTokens ?? model.contextLength));
  const asked = Math.max(request.max_tokens ?? 0, request.max_completion_tokens ?? 0);
  // What is asked beyond the model's own limit is passed on as it is, but no model generates it.
  const outputMax = asked === 0 ? modelMax : Math.min(asked, modelMax);
  const outputLikely = asked === 0 ? Math.min(outputTokensLikely, modelMax) : outputMax;
  const inputLikely = Math.ceil(textBytes / bytesPerTokenLikely) + images * imageTokensEstimate;
  return {
    inputTokensMax,
    outputTokensMax: choices * outputMax,
    inputTokensEstimate: Math.min(estimate, inputTokensMax),
    tokensLikely: Math.min(inputLikely, inputTokensMax) + choices * outputLikely,
  };
}
