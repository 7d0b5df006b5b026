import { parseExactJson } from '@aggregator/contracts';
import { notUnderstood } from '../errors/verdicts.ts';
import type { TranslatedAnswer } from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { toOpenAiUsage } from '../to-openai-usage.ts';
import { noUsage } from '../usage/usage-reading.ts';
import { classifyGeminiErrorBody, toBlockedPrompt } from './errors.ts';
import { fromGeminiFinishReason, isFailedFinish } from './finish-reason.ts';
import { fromGeminiLogprobs } from './logprobs.ts';
import { PartReader, toAnswerId } from './read-parts.ts';
import { readGeminiUsage } from './usage.ts';
import { type GeminiCandidate, geminiAnswerWire, tokenCountWire } from './wire.ts';

/** Gemini reports no time: `created` is 0 until the caller of the translation sets it. */
export const createdUnknown = 0;

/** An answer as a chat completion with a choice for each candidate. */
export function fromGeminiChatResponse(body: string): TranslatedAnswer {
  const parsed = geminiAnswerWire.safeParse(parseGeminiAnswer(body));
  if (!parsed.success) throw new ProviderFailure(notUnderstood('success that is no answer'));
  const { candidates, promptFeedback, responseId, modelVersion } = parsed.data;
  if (!candidates || candidates.length === 0) {
    const reason = promptFeedback?.blockReason;
    if (!reason) throw new ProviderFailure(notUnderstood('success without candidates'));
    throw new ProviderFailure(toBlockedPrompt(reason, promptFeedback?.blockReasonMessage));
  }
  const id = toAnswerId(responseId);
  const { usage, reportedUsage } = readGeminiUsage(parsed.data.usageMetadata) ?? noUsage;
  return {
    body: {
      id,
      object: 'chat.completion',
      created: createdUnknown,
      model: modelVersion ?? '',
      choices: candidates.map((candidate, position) => toChoice(candidate, id, position)),
      usage: usage === null ? null : toOpenAiUsage(usage),
    },
    usage,
    reportedUsage,
  };
}

export function fromGeminiTokenCount(body: string): number {
  const parsed = tokenCountWire.safeParse(parseGeminiAnswer(body));
  if (!parsed.success) throw new ProviderFailure(notUnderstood('count that is no number'));
  return parsed.data.totalTokens;
}

/** @throws {ProviderFailure} if it is no JSON, or an error after all. */
export function parseGeminiAnswer(body: string): unknown {
  let answer: unknown;
  try {
    // Vectors are long lists of long numbers, and no opaque value.
    answer = body.includes('"functionCall"') ? parseExactJson(body) : JSON.parse(body);
  } catch {
    throw new ProviderFailure(notUnderstood('success that is not JSON'));
  }
  const error = classifyGeminiErrorBody(answer);
  if (error !== null) throw new ProviderFailure(error);
  return answer;
}

function toChoice(candidate: GeminiCandidate, answerId: string, position: number) {
  const { finishReason: reason, finishMessage, content, logprobsResult } = candidate;
  if (!reason) throw new ProviderFailure(notUnderstood('candidate that has not ended'));
  if (isFailedFinish(reason)) throw new ProviderFailure(notUnderstood(`finish reason ${reason}`));
  const index = candidate.index ?? position;
  const reader = new PartReader(answerId, index);
  const { text, reasoning, calls, images, details } = reader.read(content?.parts ?? []);
  const finishReason = fromGeminiFinishReason(reason, reader.hasCalls);
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: finishReason === 'content_filter' && finishMessage ? finishMessage : null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(images.length > 0 && { images }),
    ...(calls.length > 0 && { tool_calls: calls.map(({ index: _index, ...call }) => call) }),
  };
  return { index, message, logprobs: fromGeminiLogprobs(logprobsResult), finish_reason: finishReason };
}
