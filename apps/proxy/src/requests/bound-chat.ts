import type { ChatCompletionRequest, SnapshotModel } from '@aggregator/contracts';
import type { HostedTools } from '@aggregator/providers';
import { outputLimitOf } from '../answers/output-limit.ts';
import type { RequestBounds } from '../money/request-bounds.ts';
import { countTextBytes } from './count-text-bytes.ts';
import type { ContentSummary } from './inspect-content.ts';

/** The dearest reading of one image among today's models (8 tiles of gpt-4o-mini: 48,169), rounded up. */
const imageTokensMax = 50_000;
const imageTokensEstimate = 1000;
const bytesPerTokenEstimate = 3;
const bytesPerTokenLikely = 4;
/** How long an answer probably is if the caller sets no limit. */
const outputTokensLikely = 1024;
/**
 * The provider adds its own prompt to a request with tools. Anthropic's are the longest that are published: up to 700 tokens.
 * Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview (read 2026-11).
 */
const toolPromptTokensMax = 1024;

/**
 * What a call of a provider's own search adds to the prompt at most. No vendor says it; published answers have up to 11,000 tokens
 * of results. What is above it is not charged.
 */
const searchTokensMax = 16_384;

/**
 * Returns the input of a request in which the provider calls its own tools: the model reads the prompt again after each call, with
 * the results of all calls before. Tokens.
 */
function boundTurns(promptMax: number, calls: number, contextLength: number): number {
  let sum = 0;
  for (let turn = 0; turn <= calls; turn += 1) sum += Math.min(contextLength, promptMax + turn * searchTokensMax);
  return sum;
}

/**
 * Returns what a conversation can use at most at one model. A token of text is a byte at least, in every tokenizer there
 * is, and the JSON around a message is longer than what templates add to it: so the bytes of the body that goes out, images
 * apart, bound its tokens. A provider takes no more than the model's context, of any parts.
 * @param bodies What goes out: one translated body.
 */
export function boundChat(
  request: ChatCompletionRequest,
  { images, media, hasOpaqueParts }: ContentSummary,
  bodies: readonly string[],
  model: Pick<SnapshotModel, 'contextLength' | 'maxOutputTokens'>,
  tools: HostedTools | null = null,
): RequestBounds {
  const { contextLength } = model;
  const textBytes = bodies.reduce((sum, body) => sum + countTextBytes(body, media), 0);
  const toolTokens = (request.tools ?? []).length > 0 ? toolPromptTokensMax : 0;
  const measuredMax = textBytes + images * imageTokensMax + toolTokens;
  const promptMax = hasOpaqueParts && tools === null ? contextLength : Math.min(contextLength, measuredMax);
  const inputTokensMax = tools === null ? promptMax : boundTurns(promptMax, tools.callsMax, contextLength);
  const estimate = Math.ceil(textBytes / bytesPerTokenEstimate) + images * imageTokensEstimate;
  const choices = request.n ?? 1;
  const { outputMax, isAsked } = outputLimitOf(request, model);
  const outputLikely = isAsked ? outputMax : Math.min(outputTokensLikely, outputMax);
  const inputLikely = Math.ceil(textBytes / bytesPerTokenLikely) + images * imageTokensEstimate;
  return {
    inputTokensMax,
    outputTokensMax: choices * outputMax,
    inputTokensEstimate: Math.min(estimate, inputTokensMax),
    tokensLikely: Math.min(inputLikely, inputTokensMax) + choices * outputLikely,
    requests: 1,
    ...(tools !== null && { toolsMax: tools.unitsMax }),
    isOutputOpen: !isAsked,
  };
}
