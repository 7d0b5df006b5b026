import { isRecord, parseRecord, type Usage } from '@aggregator/contracts';
import type { ChoiceEnd } from '../choice-end.ts';
import { noArguments } from '../chunks/no-arguments.ts';
import { writeChunks } from '../chunks/split-chunk.ts';
import type { ChatStreamOptions, ChatStreamTranslator, ProviderError } from '../provider-adapter.ts';
import { toAnnotations } from './citations.ts';
import { classifyCohereErrorBody } from './errors.ts';
import { fromCohereFinishReason } from './finish-reason.ts';
import { fromCohereChatUsage, toCohereTotals } from './usage.ts';

type Json = Record<string, unknown>;

const nothing: readonly string[] = Object.freeze([]);
/** More calls than any model makes in one answer. */
const callsMax = 1024;

/**
 * One stream of Cohere's typed events as chunks. `message-end` ends it, with the finish reason and the usage; `[DONE]` comes
 * after it from some of Cohere's doors and not from others.
 * Source: https://docs.cohere.com/v2/docs/streaming (read 2026-11, as typed by `cohere-ai` 8.1).
 */
export class CohereChatStream implements ChatStreamTranslator {
  isComplete = false;
  isEnded = false;
  hasLife = false;
  usage: Usage | null = null;
  outputCharacters = 0;
  malformedEvents = 0;
  error: ProviderError | null = null;

  readonly #includeUsage: boolean;
  readonly #created: number;
  readonly #model: string;
  #id = '';
  #hasBegun = false;
  #end: ChoiceEnd = { finish_reason: 'stop' };
  /** Our number of a call by Cohere's, which counts content blocks as well. */
  readonly #calls = new Map<unknown, number>();
  /** Our number of the call that has no arguments yet; null if there is none. */
  #bare: number | null = null;

  constructor({ includeUsage, createdAt = 0, model = '' }: ChatStreamOptions) {
    this.#includeUsage = includeUsage;
    this.#created = createdAt;
    this.#model = model;
  }

  push(data: string): readonly string[] {
    if (data === '[DONE]') this.isEnded = true;
    if (data === '[DONE]' || this.error !== null) return nothing;
    const event = parseRecord(data);
    if (event === null) {
      // An empty event is a keep-alive.
      if (data.trim() !== '') this.malformedEvents += 1;
      return nothing;
    }
    // Nothing makes a whole answer less than whole.
    if (this.isComplete) return nothing;
    this.error = classifyCohereErrorBody(event);
    return this.error === null ? this.#take(event) : nothing;
  }

  end(): Json | null {
    if (!this.isComplete) return null;
    if (!this.#includeUsage) return this.#chunk({}, this.#end);
    return { ...this.#head(), choices: [], usage: this.usage === null ? null : toCohereTotals(this.usage) };
  }

  #take(event: Json): readonly string[] {
    const delta = recordIn(event, 'delta');
    const message = recordIn(delta, 'message');
    switch (event.type) {
      case 'message-start':
        this.#id = textIn(event, 'id');
        return this.#begin();
      case 'content-start':
      case 'content-delta': {
        const content = recordIn(message, 'content');
        return this.#say(textIn(content, 'text'), textIn(content, 'thinking'));
      }
      case 'tool-plan-delta':
        return this.#say('', textIn(message, 'tool_plan'));
      case 'tool-call-start':
        return this.#beginCall(event.index, recordIn(message, 'tool_calls'));
      case 'tool-call-delta':
        return this.#continueCall(event.index, recordIn(message, 'tool_calls'));
      case 'tool-call-end':
        return this.#endCall();
      case 'citation-start': {
        const annotations = toAnnotations(message?.citations);
        return annotations.length === 0 ? nothing : this.#send({ annotations });
      }
      case 'message-end':
        return this.#finish(delta);
      case undefined:
        this.malformedEvents += 1;
        return nothing;
      default:
        return nothing;
    }
  }

  #say(text: string, reasoning: string): readonly string[] {
    if (text === '' && reasoning === '') return nothing;
    this.#live(text.length + reasoning.length);
    return this.#send({
      ...(text !== '' && { content: text }),
      ...(reasoning !== '' && { reasoning_content: reasoning }),
    });
  }

  #beginCall(callKey: unknown, call: Json | null): readonly string[] {
    if (call === null || this.#calls.size >= callsMax) return nothing;
    const index = this.#calls.size;
    this.#calls.set(callKey, index);
    const named = recordIn(call, 'function');
    const begun = { name: textIn(named, 'name'), arguments: textIn(named, 'arguments') };
    const left = this.#endCall();
    this.#bare = begun.arguments === '' ? index : null;
    this.#live(begun.arguments.length);
    const chunks = this.#send({ tool_calls: [{ index, id: textIn(call, 'id'), type: 'function', function: begun }] });
    return [...left, ...chunks];
  }

  /** Completes a call that has no arguments, because clients parse them. */
  #endCall(): readonly string[] {
    const index = this.#bare;
    this.#bare = null;
    if (index === null) return nothing;
    this.#live(noArguments.length);
    return this.#send({ tool_calls: [{ index, function: { arguments: noArguments } }] });
  }

  #continueCall(callKey: unknown, call: Json | null): readonly string[] {
    const fragment = textIn(recordIn(call, 'function'), 'arguments');
    if (fragment === '') return nothing;
    this.#live(fragment.length);
    const index = this.#calls.get(callKey) ?? Math.max(this.#calls.size - 1, 0);
    if (index === this.#bare) this.#bare = null;
    return this.#send({ tool_calls: [{ index, function: { arguments: fragment } }] });
  }

  #finish(delta: Json | null): readonly string[] {
    const reason = textIn(delta, 'finish_reason');
    // An end without a reason is none.
    if (reason === '') return nothing;
    this.usage = fromCohereChatUsage(delta?.usage);
    this.#end = fromCohereFinishReason(reason);
    this.isComplete = true;
    this.isEnded = true;
    const left = this.#endCall();
    // A client that asked for usage has its usage chunk after this one.
    return [...left, ...(this.#includeUsage ? this.#sendFinish() : this.#begin())];
  }

  #sendFinish(): readonly string[] {
    return [...this.#begin(), JSON.stringify(this.#chunk({}, this.#end))];
  }

  #send(delta: Json): readonly string[] {
    return [...this.#begin(), ...writeChunks(this.#chunk(delta))];
  }

  /** The role, once, before everything else. */
  #begin(): readonly string[] {
    if (this.#hasBegun) return nothing;
    this.#hasBegun = true;
    return [JSON.stringify(this.#chunk({ role: 'assistant', content: '' }))];
  }

  #chunk(delta: Json, end: ChoiceEnd | null = null): Json {
    return { ...this.#head(), choices: [{ index: 0, delta, logprobs: null, ...(end ?? { finish_reason: null }) }] };
  }

  #head(): Json {
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#created, model: this.#model };
  }

  #live(characters: number): void {
    this.hasLife = true;
    this.outputCharacters += characters;
  }
}

function recordIn(value: Json | null, name: string): Json | null {
  const inner = value?.[name];
  return isRecord(inner) ? inner : null;
}

function textIn(value: Json | null, name: string): string {
  const inner = value?.[name];
  return typeof inner === 'string' ? inner : '';
}
