import { type AppError, isRecord, parseRecord, toOpenAiErrorBody } from '@aggregator/contracts';
import type { SurfaceRequest, SurfaceStream } from '../chat-surface.ts';
import { CompletionChoices } from './response.ts';

export class CompletionsStream implements SurfaceStream {
  readonly #choices: CompletionChoices;

  constructor(request: SurfaceRequest) {
    this.#choices = new CompletionChoices(request);
  }

  push(chunk: string): string {
    const record = parseRecord(chunk);
    return record === null ? '' : this.#write(record);
  }

  end(last: Readonly<Record<string, unknown>> | null): string {
    return `${last === null ? '' : this.#write(last, true)}data: [DONE]\n\n`;
  }

  fail(error: AppError): string {
    return `data: ${JSON.stringify(toOpenAiErrorBody(error))}\n\n`;
  }

  /** A chunk without text and without an end, such as one of reasoning, says nothing here. */
  #write(chunk: Readonly<Record<string, unknown>>, isLast = false): string {
    const translated = this.#choices.translate(chunk);
    const { choices } = translated;
    const isEmpty = Array.isArray(choices) && choices.length > 0 && choices.every(isSilent);
    return isEmpty && !isLast ? '' : `data: ${JSON.stringify(translated)}\n\n`;
  }
}

function isSilent(choice: unknown): boolean {
  return isRecord(choice) && choice.text === '' && choice.finish_reason === null && choice.logprobs === null;
}
