import { AppError, isRecord, type Usage } from '@aggregator/contracts';
import type { ChatStreamTranslator, ChatTranslation } from '@aggregator/providers';
import { toChunks } from '../remembered/answers/to-chunks.ts';

/** A whole answer where a stream was asked for: its chunks, and what a translator would say after the last of them. */
export interface StreamedWhole {
  readonly texts: readonly string[];
  readonly translator: ChatStreamTranslator;
}

/**
 * Returns a plain answer as the stream that was asked for: the provider has generated it, and it would bill another one.
 *
 * @param body JSON text of a success in the provider's dialect.
 * @throws {ProviderFailure} if it is an error after all, or nothing that can be understood.
 * @throws {AppError} `upstream_invalid_response` if a choice has no finish reason.
 */
export function readWholeAsStream(
  reader: Pick<ChatTranslation, 'fromResponse'>,
  body: string,
  options: { readonly includeUsage: boolean },
): StreamedWhole {
  const answer = reader.fromResponse(body);
  if (!hasFinished(answer.body.choices)) {
    throw new AppError('upstream_invalid_response', {
      internal: 'a plain answer without a finish reason, not a stream',
    });
  }
  const { texts, last } = toChunks(answer.body, options);
  return { texts, translator: new WholeTranslator(answer.usage, countCharacters(answer.body.choices), last) };
}

/** The translator of a stream that has ended. */
class WholeTranslator implements ChatStreamTranslator {
  readonly isComplete = true;
  readonly isEnded = true;
  readonly hasLife = true;
  readonly malformedEvents = 0;
  readonly error = null;
  readonly usage: Usage | null;
  readonly outputCharacters: number;
  readonly #last: Record<string, unknown>;

  constructor(usage: Usage | null, outputCharacters: number, last: Record<string, unknown>) {
    this.usage = usage;
    this.outputCharacters = outputCharacters;
    this.#last = last;
  }

  push(): readonly string[] {
    return [];
  }

  end(): Record<string, unknown> {
    return this.#last;
  }
}

function hasFinished(choices: unknown): boolean {
  return Array.isArray(choices) && choices.every((choice) => isRecord(choice) && Boolean(choice.finish_reason));
}

/** UTF-16 units of text, refusals, reasoning and arguments. */
function countCharacters(choices: unknown): number {
  if (!Array.isArray(choices)) return 0;
  return choices.reduce<number>((sum, choice) => {
    const message = isRecord(choice) && isRecord(choice.message) ? choice.message : {};
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isRecord) : [];
    const said = [message.content, message.refusal, message.reasoning_content ?? message.reasoning];
    const passed = calls.flatMap(({ function: called, custom }) => [
      isRecord(called) ? called.arguments : '',
      isRecord(custom) ? custom.input : '',
    ]);
    return [...said, ...passed].reduce<number>(
      (length, text) => length + (typeof text === 'string' ? text.length : 0),
      sum,
    );
  }, 0);
}
