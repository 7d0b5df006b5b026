import { AppError } from '@aggregator/contracts';
import {
  type ChatStreamOptions,
  type ChatTranslation,
  ProviderFailure,
  SseParser,
  type TranslatedAnswer,
} from '@aggregator/providers';
import { AnswerAssembler } from '../remembered/answers/answer-assembler.ts';

/** As many as a plain answer may have. */
const charactersMax = 64 * 1024 * 1024;

/** True if a body that should be JSON is an event stream: it begins with a field of one, or with a comment. */
export function isEventStream(body: string): boolean {
  return /^\uFEFF?\s*(?:data|event|id|retry)?:/.test(body.slice(0, 1000));
}

/**
 * Returns an event stream as the whole answer that was asked for: the provider has generated it, and it would bill another one.
 *
 * @throws {ProviderFailure} if it is an error.
 * @throws {AppError} `upstream_stream_cut` if it ends before the answer does, `upstream_invalid_response` if it cannot be joined.
 */
export function readStreamAsWhole(
  reader: Pick<ChatTranslation, 'createStream'>,
  body: string,
  options: Omit<ChatStreamOptions, 'includeUsage'>,
): TranslatedAnswer {
  const translator = reader.createStream({ ...options, includeUsage: true });
  const parser = new SseParser({ eventBytesMax: charactersMax });
  const assembler = new AnswerAssembler(charactersMax);
  const events = [...parser.push(Buffer.from(body)), ...parser.end()];
  for (const data of events) {
    for (const chunk of translator.push(data)) assembler.push(chunk);
  }
  for (const chunk of translator.release?.() ?? []) assembler.push(chunk);
  if (translator.error !== null) throw new ProviderFailure(translator.error);
  if (!translator.isComplete) {
    throw new AppError('upstream_stream_cut', { internal: 'an event stream without an end instead of a plain answer' });
  }
  const answer = assembler.end(translator.end());
  if (answer === null) {
    throw new AppError('upstream_invalid_response', { internal: 'an event stream that cannot be joined' });
  }
  return { body: answer, usage: translator.usage };
}
