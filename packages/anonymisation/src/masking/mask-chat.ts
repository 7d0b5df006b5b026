import { type ChatCompletionRequest, type ChatMessage, isRecord } from '@aggregator/contracts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { createVault, type RestoreMode, type Vault } from '../restoring/vault.ts';
import { listSaid } from './list-said.ts';
import { maskOne } from './mask-one.ts';
import { maskUnknownFields, maskValue } from './mask-unknown.ts';
import type { TextMasker } from './text-masker.ts';

export interface MaskedChat {
  /** A new request, or the very same one if nothing was masked. */
  readonly chat: ChatCompletionRequest;
  readonly vault: Vault;
}

/**
 * A chat without what is personal in its texts: messages of every role, results and arguments of tools, thoughts, a
 * predicted answer, attached documents, stop sequences, and fields and parts that are unknown. Ids, roles, tools and schemas stay as they are, and images, sound and
 * files are not searched. A field that names the end user to the provider (`user`, `metadata`, …) is left out if it is personal.
 */
export function maskChat(chat: ChatCompletionRequest, policy: CompiledPolicy): MaskedChat {
  if (policy.detectors.length === 0) return { chat, vault: createVault(new Map(), contentModeOf(chat)) };
  const { masked, vault } = maskOne(chat, policy, contentModeOf(chat), (masker) => maskChatWith(chat, masker));
  return { chat: masked, vault };
}

export function maskChatWith(chat: ChatCompletionRequest, masker: TextMasker): ChatCompletionRequest {
  const messages = mapArray(chat.messages, (message) => maskMessage(message, masker));
  return change(chat, {
    ...maskUnknownFields(chat, 'chat', masker),
    messages,
    stop: maskStop(chat.stop, masker),
    prediction: maskPrediction(chat.prediction, masker),
    documents: maskDocuments(chat.documents, masker),
    ...withoutPersonalNames(chat, masker),
  });
}

/** Returns `json` if the answer's text is JSON: a value that is put back must not break it. */
export function contentModeOf({ response_format: format }: ChatCompletionRequest): RestoreMode {
  return isRecord(format) && (format.type === 'json_object' || format.type === 'json_schema') ? 'json' : 'text';
}

function maskMessage(message: ChatMessage, masker: TextMasker): ChatMessage {
  const { content, tool_calls: calls, function_call: call, reasoning_details: details } = message;
  return change(message, {
    ...maskUnknownFields(message, 'message', masker),
    content: maskContent(content, masker),
    audio: maskKnown(message.audio, 'audio', masker),
    ...maskFields(message, ['refusal', 'reasoning_content', 'reasoning'], masker.maskText),
    tool_calls: Array.isArray(calls) ? mapArray(calls, (one) => maskToolCall(one, masker)) : calls,
    function_call: isRecord(call) ? maskCalled(call, 'arguments', masker, masker.maskJson) : call,
    // They are signed as they are: what would give something away can only stay behind.
    reasoning_details: details && masker.isPersonal(listSaid(details)) ? undefined : details,
  });
}

function maskContent(content: ChatMessage['content'], masker: TextMasker): ChatMessage['content'] {
  if (typeof content === 'string') return masker.maskText(content);
  if (!Array.isArray(content)) return content;
  return mapArray(content, (part) =>
    change(part, {
      ...maskUnknownFields(part, 'part', masker),
      ...maskFields(part, ['text', 'refusal', 'thinking'], masker.maskText),
      file: maskKnown(part.file, 'file', masker),
    }),
  );
}

/** Files and sound are not searched; what is said of them is a text, their names and transcripts too. */
function maskKnown(value: unknown, kind: 'audio' | 'file' | 'google', masker: TextMasker): unknown {
  return isRecord(value) ? change(value, maskUnknownFields(value, kind, masker)) : value;
}

function maskToolCall<Call extends Record<string, unknown>>(call: Call, masker: TextMasker): Call {
  const { function: called, custom } = call;
  return change(call, {
    ...maskUnknownFields(call, 'call', masker),
    function: isRecord(called) ? maskCalled(called, 'arguments', masker, masker.maskJson) : called,
    extra_content: maskExtra(call.extra_content, masker),
    custom: isRecord(custom) ? maskCalled(custom, 'input', masker, masker.maskText) : custom,
  });
}

/** Gemini's signature of a thought stays: it comes back as it is. */
function maskExtra(extra: unknown, masker: TextMasker): unknown {
  if (!isRecord(extra)) return extra;
  const google = maskKnown(extra.google, 'google', masker);
  return change(extra, { ...maskUnknownFields(extra, 'extra', masker), google });
}

function maskCalled<Called extends Record<string, unknown>>(
  called: Called,
  field: 'arguments' | 'input',
  masker: TextMasker,
  mask: (text: string) => string,
): Called {
  return change(called, { ...maskUnknownFields(called, 'called', masker), ...maskFields(called, [field], mask) });
}

function maskStop(stop: ChatCompletionRequest['stop'], masker: TextMasker): ChatCompletionRequest['stop'] {
  if (typeof stop === 'string') return masker.maskText(stop);
  return Array.isArray(stop) ? mapArray(stop, masker.maskText) : stop;
}

function maskPrediction(prediction: unknown, masker: TextMasker): unknown {
  if (!isRecord(prediction)) return prediction;
  const { content } = prediction;
  const masked = typeof content === 'string' ? masker.maskText(content) : maskPredicted(content, masker);
  return change(prediction, { ...maskUnknownFields(prediction, 'prediction', masker), content: masked });
}

function maskPredicted(content: unknown, masker: TextMasker): unknown {
  if (!Array.isArray(content)) return content;
  return mapArray(content, (part: unknown) =>
    isRecord(part)
      ? change(part, { ...maskUnknownFields(part, 'part', masker), ...maskFields(part, ['text'], masker.maskText) })
      : part,
  );
}

/**
 * Documents to answer from are texts, or records of any shape; each is looked through whole, as a tool's result would be.
 * Source: https://docs.cohere.com/reference/chat (read 2026-11).
 */
function maskDocuments(documents: unknown, masker: TextMasker): unknown {
  if (!Array.isArray(documents)) return documents;
  return mapArray(documents, (document: unknown) => maskValue(document, masker));
}

/** A placeholder would be one name for many people: it is no name. */
function withoutPersonalNames(chat: ChatCompletionRequest, masker: TextMasker): Record<string, unknown> {
  const left: Record<string, unknown> = {};
  for (const field of ['user', 'safety_identifier', 'prompt_cache_key']) {
    const value = chat[field];
    if (typeof value === 'string' && masker.isPersonal(value)) left[field] = undefined;
  }
  const { metadata } = chat;
  if (isRecord(metadata)) {
    const kept = Object.entries(metadata).filter(([name, value]) => !masker.isPersonal(`${name}\n${toText(value)}`));
    if (kept.length < Object.keys(metadata).length) left.metadata = Object.fromEntries(kept);
  }
  return left;
}

/** A number that keeps its text has no other text than its JSON. */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function maskFields(
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
  mask: (text: string) => string,
): Record<string, string> {
  const masked: Record<string, string> = {};
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'string') masked[name] = mask(value);
  }
  return masked;
}

/** Returns the record with other values, without those that are now undefined; the very same one if nothing changed. */
function change<Value extends Record<string, unknown>>(record: Value, fields: Record<string, unknown>): Value {
  const changed = Object.entries(fields).filter(([name, value]) => record[name] !== value);
  if (changed.length === 0) return record;
  const copy = { ...record, ...Object.fromEntries(changed) };
  for (const [name, value] of changed) {
    if (value === undefined) delete copy[name];
  }
  return copy;
}

function mapArray<Item>(items: Item[], map: (item: Item) => Item): Item[] {
  const mapped = items.map(map);
  return mapped.some((item, at) => item !== items[at]) ? mapped : items;
}
