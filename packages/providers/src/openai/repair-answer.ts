import { type EmbeddingsRequest, isRecord } from '@aggregator/contracts';
import { noArguments } from '../chunks/no-arguments.ts';
import { encodeVector } from '../embedding-vector.ts';
import { notUnderstood } from '../errors/verdicts.ts';
import { ProviderFailure } from '../provider-failure.ts';

type JsonObject = Record<string, unknown>;

/**
 * A plain answer of a server that is looser than OpenAI, in the form that clients rely on: `content` is a text or null,
 * reasoning is `reasoning_content`, calls have ids and their arguments are a text, and there is a finish reason. Changes
 * the answer itself.
 */
export function repairAnswer(answer: JsonObject): void {
  answer.object ??= 'chat.completion';
  const choices = Array.isArray(answer.choices) ? answer.choices : [];
  for (const [position, choice] of choices.entries()) {
    if (!isRecord(choice) || !isRecord(choice.message)) continue;
    const { message } = choice;
    choice.index ??= position;
    message.role ??= 'assistant';
    message.content ??= null;
    renameReasoning(message);
    flattenContent(message);
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isRecord) : [];
    for (const [index, call] of calls.entries()) {
      call.type ??= 'function';
      repairArguments(call);
      if (isRecord(call.function) && isBlank(call.function.arguments)) call.function.arguments = noArguments;
      if (!isText(call.id)) call.id = mintCallId(answer, position, index);
    }
    const isUnsaid = !isText(choice.finish_reason) || choice.finish_reason === 'stop';
    if (isUnsaid) choice.finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  }
}

/**
 * A list of vectors in the form that the caller asked for, one for each input.
 * @throws {ProviderFailure} if there are not as many, or one of them is none.
 */
export function repairEmbeddings(answer: JsonObject, request: EmbeddingsRequest): void {
  answer.object ??= 'list';
  const entries = Array.isArray(answer.data) ? answer.data : [];
  if (entries.length !== countInputs(request.input)) {
    throw new ProviderFailure(notUnderstood(`${entries.length} vectors, not as many as there are inputs`));
  }
  const vectors = entries.map((entry: unknown, position) => {
    const vector = isRecord(entry) ? encodeVector(entry.embedding, request.encoding_format) : null;
    if (!isRecord(entry) || vector === null) throw new ProviderFailure(notUnderstood('an entry without a vector'));
    return { ...entry, object: 'embedding', index: entry.index ?? position, embedding: vector };
  });
  answer.data = inOrder(vectors);
}

/** In the order of the inputs, by which clients read them and batches are joined; as they came if their numbers are not those. */
function inOrder(vectors: readonly { readonly index: unknown }[]): readonly unknown[] {
  const ordered: unknown[] = [];
  for (const vector of vectors) if (typeof vector.index === 'number') ordered[vector.index] = vector;
  const isWhole = ordered.length === vectors.length && !ordered.includes(undefined);
  return isWhole ? ordered : vectors;
}

/** How many vectors a request asks for: a list of token ids is one input. */
export function countInputs(input: EmbeddingsRequest['input']): number {
  return typeof input === 'string' || typeof input[0] === 'number' ? 1 : input.length;
}

/** OpenRouter and others say `reasoning`; one word of the two is forwarded, so that no client reads it twice. */
export function renameReasoning(said: JsonObject): boolean {
  if (said.reasoning === undefined) return false;
  if (typeof said.reasoning === 'string') said.reasoning_content ??= said.reasoning;
  delete said.reasoning;
  return true;
}

/** Mistral's thinkers say a list of blocks, `thinking` and `text`: two texts here, as with everybody else. */
export function flattenContent(said: JsonObject): boolean {
  if (!Array.isArray(said.content)) return false;
  const blocks = said.content.filter(isRecord);
  const thoughts = blocks.flatMap((block) => (block.type === 'thinking' ? textsOf(block.thinking) : []));
  if (thoughts.length > 0) said.reasoning_content ??= thoughts.join('');
  said.content = blocks.flatMap((block) => (block.type === 'text' ? textsOf(block.text) : [])).join('');
  return true;
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter(isRecord).flatMap((block) => textsOf(block.text)) : [];
}

const objectArguments = /"arguments"\s*:\s*[{[]/;

/** True if a text may hold arguments that are no text: then their numbers must keep theirs. */
export function hasObjectArguments(text: string): boolean {
  return objectArguments.test(text);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Arguments as the text of JSON. Some servers send the object itself. */
export function repairArguments(call: JsonObject): boolean {
  if (!isRecord(call.function)) return false;
  const { arguments: sent } = call.function;
  if (sent === undefined || typeof sent === 'string') return false;
  call.function.arguments = sent === null ? '' : JSON.stringify(sent);
  return true;
}

/** An id for a call that came without one: no other call of this answer has it. */
export function mintCallId(answer: Readonly<JsonObject>, choice: number, index: number): string {
  const origin = isText(answer.id) ? answer.id : crypto.randomUUID();
  return `call_${origin}_${choice}_${index}`;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
