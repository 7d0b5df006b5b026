import { type ChunkRecord, readChunk } from './read-chunk.ts';
import { type DeliveredThoughts, hasSealedThoughts, readThoughts } from './thought-cut.ts';

/** What a client has had of an answer that broke off, as far as it can be continued. */
export interface DeliveredAnswer extends DeliveredThoughts {
  readonly provider: string;
  readonly text: string;
  readonly toolCalls: readonly { readonly name: string; readonly arguments: string }[];
  /** A chunk of another stream under the id and the time of this one. */
  adopt(chunk: ChunkRecord): ChunkRecord;
}

/** Null if something was delivered that no other stream can reproduce or continue. */
export function readDelivered(chunks: readonly string[], provider: string): DeliveredAnswer | null {
  let text = '';
  let thoughts = '';
  let hasSealed = false;
  let head: ChunkRecord | null = null;
  const toolCalls: { name: string; arguments: string }[] = [];
  for (const chunk of chunks) {
    const record = readChunk(chunk);
    if (record === null) continue;
    head ??= record;
    for (const choice of record.choices) {
      const { delta } = choice;
      const isLone = (choice.index ?? 0) === 0 && choice.finish_reason === null && !hasValue(choice.logprobs);
      if (!isLone || hasValue(delta.audio) || hasValue(delta.images) || hasValue(delta.function_call)) return null;
      if (typeof delta.refusal === 'string' && delta.refusal !== '') return null;
      if (typeof delta.content === 'string') text += delta.content;
      thoughts += readThoughts(delta);
      hasSealed ||= hasSealedThoughts(delta);
      if (Array.isArray(delta.tool_calls) && !addToolCalls(toolCalls, delta.tool_calls)) return null;
    }
  }
  const hasAnswer = text !== '' || toolCalls.length > 0;
  const identity = head === null ? {} : pick(head, ['id', 'created', 'object']);
  const sealed = { thoughts, hasSealedThoughts: hasSealed };
  return { provider, text, toolCalls, hasAnswer, ...sealed, adopt: (chunk) => ({ ...chunk, ...identity }) };
}

function addToolCalls(toolCalls: { name: string; arguments: string }[], parts: readonly unknown[]): boolean {
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) return false;
    const { index = 0, function: called }: { index?: unknown; function?: unknown } = part;
    if (typeof index !== 'number' || index > toolCalls.length || typeof called !== 'object' || called === null)
      return false;
    const call = toolCalls[index] ?? { name: '', arguments: '' };
    toolCalls[index] = call;
    const { name, arguments: fragment }: { name?: unknown; arguments?: unknown } = called;
    if (typeof name === 'string') call.name += name;
    if (typeof fragment === 'string') call.arguments += fragment;
  }
  return true;
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function pick(record: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => record[name] !== undefined).map((name) => [name, record[name]]));
}
