import { type EmbeddingsRequest, isRecord, parseExactRecord, parseRecord } from '@aggregator/contracts';
import { notUnderstood } from '../errors/verdicts.ts';
import type { TranslatedAnswer } from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { noUsage } from '../usage/usage-reading.ts';
import { classifyOpenAiErrorBody, type ErrorDialect } from './errors.ts';
import { hasObjectArguments, repairAnswer, repairEmbeddings } from './repair-answer.ts';
import { classifyResponsesError } from './responses/ending.ts';
import { fromResponsesAnswer, isResponseObject } from './responses/response.ts';
import { findOpenAiUsage, fromOpenAiEmbeddingsUsage, fromOpenAiImagesUsage, readOpenAiChatUsage } from './usage.ts';

/** How the answers of a server of the dialect differ from OpenAI's. */
export interface AnswerChanges extends ErrorDialect {
  /** Changes the parsed answer or chunk itself, and says whether it did. */
  readonly adjustAnswer?: (answer: Record<string, unknown>) => boolean;
  /**
   * Cuts a field of the server's own from a chunk that is right otherwise: from the record, and from its text without another
   * parse. Null if the text cannot be cut so, and is written again.
   */
  readonly cutChunk?: (chunk: Record<string, unknown>, text: string) => string | null;
  /** True if it leaves out what OpenAI's clients rely on (`repair-answer.ts`). */
  readonly isLoose?: boolean;
}

export function fromOpenAiChatResponse(body: string, changes: AnswerChanges = {}): TranslatedAnswer {
  const parse = hasObjectArguments(body) ? parseExactRecord : parseRecord;
  return fromChatCompletion(parseAnswer(body, changes, parse), changes);
}

/** Reads an answer of OpenAI itself: a chat completion, or a response. */
export function fromOpenAiAnswer(body: string): TranslatedAnswer {
  const answer = parseAnswer(body, {});
  const error = classifyResponsesError(answer);
  if (error !== null) throw new ProviderFailure(error);
  return isResponseObject(answer) ? fromResponsesAnswer(answer) : fromChatCompletion(answer, {});
}

function fromChatCompletion(answer: Record<string, unknown>, changes: AnswerChanges): TranslatedAnswer {
  const choices = answer.choices;
  if (!Array.isArray(choices) || choices.length === 0 || !choices.every(hasMessage)) {
    throw new ProviderFailure(notUnderstood('success without choices'));
  }
  if (changes.isLoose === true) repairAnswer(answer);
  changes.adjustAnswer?.(answer);
  return { body: answer, ...(readOpenAiChatUsage(findOpenAiUsage(answer)) ?? noUsage) };
}

export function fromOpenAiEmbeddingsResponse(
  body: string,
  request: EmbeddingsRequest,
  changes: AnswerChanges = {},
): TranslatedAnswer {
  const answer = parseAnswer(body, changes);
  if (!Array.isArray(answer.data)) throw new ProviderFailure(notUnderstood('success without data'));
  if (changes.isLoose === true) repairEmbeddings(answer, request);
  changes.adjustAnswer?.(answer);
  return { body: answer, usage: fromOpenAiEmbeddingsUsage(answer.usage) };
}

export function fromOpenAiImagesResponse(body: string, changes: AnswerChanges = {}): TranslatedAnswer {
  const answer = parseAnswer(body, changes);
  const { data } = answer;
  if (!Array.isArray(data)) throw new ProviderFailure(notUnderstood('success without data'));
  changes.adjustAnswer?.(answer);
  return { body: answer, usage: fromOpenAiImagesUsage(answer.usage), pictures: data.length };
}

function parseAnswer(body: string, dialect: ErrorDialect, parse = parseRecord): Record<string, unknown> {
  const answer = parse(body);
  if (answer === null) throw new ProviderFailure(notUnderstood('success that is not a JSON object'));
  const error = classifyOpenAiErrorBody(answer, dialect);
  if (error !== null) throw new ProviderFailure(error);
  return answer;
}

function hasMessage(choice: unknown): boolean {
  return isRecord(choice) && isRecord(choice.message);
}
