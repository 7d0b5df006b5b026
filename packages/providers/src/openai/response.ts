import { isRecord, parseRecord } from '../json-record.ts';
import type { ProviderError, TranslatedAnswer } from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { classifyOpenAiErrorBody } from './errors.ts';
import { fromOpenAiChatUsage, fromOpenAiEmbeddingsUsage } from './usage.ts';

export function fromOpenAiChatResponse(body: string): TranslatedAnswer {
  const answer = parseAnswer(body);
  const choices = answer.choices;
  if (!Array.isArray(choices) || choices.length === 0 || !choices.every(hasMessage)) {
    throw new ProviderFailure(notUnderstood('success without choices'));
  }
  return { body: answer, usage: fromOpenAiChatUsage(answer.usage) };
}

export function fromOpenAiEmbeddingsResponse(body: string): TranslatedAnswer {
  const answer = parseAnswer(body);
  if (!Array.isArray(answer.data)) throw new ProviderFailure(notUnderstood('success without data'));
  return { body: answer, usage: fromOpenAiEmbeddingsUsage(answer.usage) };
}

function parseAnswer(body: string): Record<string, unknown> {
  const answer = parseRecord(body);
  if (answer === null) throw new ProviderFailure(notUnderstood('success that is not a JSON object'));
  const error = classifyOpenAiErrorBody(answer);
  if (error !== null) throw new ProviderFailure(error);
  return answer;
}

function hasMessage(choice: unknown): boolean {
  return isRecord(choice) && isRecord(choice.message);
}

function notUnderstood(internal: string): ProviderError {
  return {
    code: 'upstream_invalid_response',
    isRetryable: true,
    mayFailOver: true,
    retryAfterMs: null,
    internal,
    publicMessage: null,
    param: null,
  };
}
