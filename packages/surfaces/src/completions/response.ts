import { isRecord } from '@aggregator/contracts';
import { toSurfaceId } from '../answer/read-answer.ts';
import type { SurfaceRequest } from '../chat-surface.ts';
import { type CompletionsOriginal, originalOf } from './request.ts';

type Body = Readonly<Record<string, unknown>>;

/** The state of each choice of a stream; a plain answer is a stream of one chunk. */
export class CompletionChoices {
  readonly #original: CompletionsOriginal;
  /** UTF-16 units of text before, by index of the choice. */
  readonly #offsets = new Map<number, number>();

  constructor(request: SurfaceRequest) {
    this.#original = originalOf(request);
  }

  /** An answer or a chunk, whole: our additions and the other fields beside the choices are passed on unchanged. */
  translate(answer: Body): Record<string, unknown> {
    const choices = Array.isArray(answer.choices) ? answer.choices : [];
    return {
      ...answer,
      ...(typeof answer.id === 'string' && { id: toSurfaceId('cmpl-', answer.id) }),
      object: 'text_completion',
      choices: choices.filter(isRecord).map((choice) => this.#translateChoice(choice)),
    };
  }

  #translateChoice(choice: Body): Record<string, unknown> {
    const index = typeof choice.index === 'number' ? choice.index : 0;
    const offset = this.#offsets.get(index);
    const text = (offset === undefined ? this.#original.echo : '') + readText(choice);
    this.#offsets.set(index, (offset ?? 0) + text.length);
    return {
      text,
      index,
      logprobs: this.#original.wantsLogprobs ? toLegacyLogprobs(choice.logprobs, offset ?? 0) : null,
      finish_reason: toFinishReason(choice.finish_reason),
    };
  }
}

/** What the model says; a refusal is what it says then. */
function readText(choice: Body): string {
  const said = isRecord(choice.message) ? choice.message : isRecord(choice.delta) ? choice.delta : {};
  const content = typeof said.content === 'string' ? said.content : '';
  return content + (typeof said.refusal === 'string' ? said.refusal : '');
}

function toFinishReason(reason: unknown): string | null {
  if (typeof reason !== 'string') return null;
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop';
}

/** Source: https://platform.openai.com/docs/api-reference/completions/object (read 2026-11). */
function toLegacyLogprobs(logprobs: unknown, offset: number): Record<string, unknown> | null {
  if (!isRecord(logprobs) || !Array.isArray(logprobs.content)) return null;
  const entries = logprobs.content.filter(isRecord);
  let at = offset;
  return {
    tokens: entries.map((entry) => entry.token),
    token_logprobs: entries.map((entry) => entry.logprob),
    top_logprobs: entries.map((entry) => toLegacyTop(entry.top_logprobs)),
    text_offset: entries.map((entry) => {
      const start = at;
      at += typeof entry.token === 'string' ? entry.token.length : 0;
      return start;
    }),
  };
}

function toLegacyTop(top: unknown): Record<string, unknown> {
  const entries = Array.isArray(top) ? top.filter(isRecord) : [];
  return Object.fromEntries(entries.map(({ token, logprob }) => [String(token), logprob]));
}
