import { type ChatCompletionRequest, isRecord, parseArguments } from '@aggregator/contracts';
import { EditedStream } from '../chunks/edited-stream.ts';
import type { ChatTranslation, TranslatedAnswer } from '../provider-adapter.ts';
import { InputReader } from './input-reader.ts';
import { inputField, namesOfCustomTools, unfoldCustomTools } from './unfold.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * The translation of one request for a provider without custom tools: they go out as functions with one string, and calls of
 * them come back as custom calls. The same translation if the provider has custom tools or the request has none.
 */
export function withCustomTools(chat: ChatTranslation, request: ChatCompletionRequest): ChatTranslation {
  if (chat.fields['tools.custom'] === 'mapped') return chat;
  const names = namesOfCustomTools(request);
  const isCalled = request.messages.some(({ tool_calls: calls }) => calls?.some(({ type }) => type === 'custom'));
  if (names.size === 0 && !isCalled) return chat;
  return {
    fields: chat.fields,
    toRequest: (asked, target) => chat.toRequest(unfoldCustomTools(asked), target),
    fromResponse: (body) => foldAnswer(chat.fromResponse(body), names),
    createStream(options) {
      const folding = new ChunkFold(names);
      return new EditedStream(chat.createStream(options), hasCalls, (chunk) => folding.fold(chunk));
    },
  };
}

function hasCalls(text: string): boolean {
  return text.includes('"tool_calls"');
}

function foldAnswer(answer: TranslatedAnswer, names: ReadonlySet<string>): TranslatedAnswer {
  const { choices } = answer.body;
  if (!Array.isArray(choices)) return answer;
  const folded = choices.map((choice) => {
    if (!isRecord(choice) || !isRecord(choice.message) || !Array.isArray(choice.message.tool_calls)) return choice;
    const calls = choice.message.tool_calls.map((call) => (isRecord(call) ? foldCall(call, names) : call));
    return { ...choice, message: { ...choice.message, tool_calls: calls } };
  });
  return { ...answer, body: { ...answer.body, choices: folded } };
}

function foldCall(call: Body, names: ReadonlySet<string>): Body {
  const { function: called, ...rest } = call;
  if (!isRecord(called) || typeof called.name !== 'string' || !names.has(called.name)) return call;
  const text = typeof called.arguments === 'string' ? called.arguments : '';
  const input = parseArguments(text)?.[inputField];
  return { ...rest, type: 'custom', custom: { name: called.name, input: typeof input === 'string' ? input : text } };
}

/** Folds the chunks of one stream: the calls of custom tools get their own form. */
class ChunkFold {
  readonly #names: ReadonlySet<string>;
  /** Of the calls of custom tools, by choice and call. */
  readonly #readers = new Map<string, InputReader>();

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  fold(chunk: Body): Record<string, unknown> {
    if (!Array.isArray(chunk.choices)) return { ...chunk };
    return { ...chunk, choices: chunk.choices.map((choice) => (isRecord(choice) ? this.#foldChoice(choice) : choice)) };
  }

  #foldChoice(choice: Body): Body {
    const { delta, index = 0 } = choice;
    if (!isRecord(delta) || !Array.isArray(delta.tool_calls)) return choice;
    const calls = delta.tool_calls.map((call) => (isRecord(call) ? this.#foldCall(call, String(index)) : call));
    return { ...choice, delta: { ...delta, tool_calls: calls } };
  }

  #foldCall(call: Body, choice: string): Body {
    const { function: called, ...rest } = call;
    if (!isRecord(called)) return call;
    const key = `${choice}/${String(call.index)}`;
    const { name } = called;
    if (typeof name === 'string' && this.#names.has(name) && !this.#readers.has(key)) {
      this.#readers.set(key, new InputReader());
    }
    const reader = this.#readers.get(key);
    if (reader === undefined) return call;
    const input = typeof called.arguments === 'string' ? reader.push(called.arguments) : '';
    const isFirst = typeof name === 'string' && name !== '';
    return { ...rest, ...(isFirst && { type: 'custom' }), custom: { ...(isFirst && { name }), input } };
  }
}
