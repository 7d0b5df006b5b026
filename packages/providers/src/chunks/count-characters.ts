import { isRecord } from '@aggregator/contracts';

type Delta = Readonly<Record<string, unknown>>;

/** UTF-16 units of what a delta gives the client: text, refusal, reasoning, arguments, the words of audio. */
export function countCharacters(delta: Delta): number {
  let characters = lengthOf(delta.content) + lengthOf(delta.refusal);
  // Compatible servers say one or the other, and some say both with the same text.
  characters += lengthOf(delta.reasoning_content) || lengthOf(delta.reasoning);
  if (Array.isArray(delta.tool_calls)) {
    for (const call of delta.tool_calls) {
      if (isRecord(call)) characters += lengthIn(call.function, 'arguments') + lengthIn(call.custom, 'input');
    }
  }
  if (delta.function_call) characters += lengthIn(delta.function_call, 'arguments');
  if (delta.audio) characters += lengthIn(delta.audio, 'transcript') || lengthIn(delta.audio, 'data');
  return characters;
}

function lengthIn(value: unknown, name: string): number {
  return isRecord(value) ? lengthOf(value[name]) : 0;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
