import { createHash } from 'node:crypto';
import { RoundReader, type ScriptedCall, type ScriptedRequest, type ScriptedTurn, toScriptedInput } from '../script.ts';
import type { FakeCall } from './fake-call.ts';
import { readText } from './tokens.ts';
import type { FakeChat } from './wire.ts';

/** A chat as a script reads it. */
export function readScripted({ messages, tools = [] }: FakeChat): ScriptedRequest {
  const reader = new RoundReader();
  const said: string[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') {
      const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: text } }) => ({
        id,
        name,
        input: parseArguments(text),
      }));
      reader.readModel(calls);
    }
    if (message.role === 'tool') reader.readResult(message.tool_call_id, readText(message));
    if (message.role !== 'user') continue;
    said.push(readText(message));
    const parts = typeof message.content === 'string' ? [] : message.content;
    reader.readPictures(parts.filter((part) => part.type === 'image_url').length);
  }
  return { tools: tools.map((tool) => tool.function.name), said, rounds: reader.rounds, pictures: reader.pictures };
}

/** The arguments of a function are JSON; those of a custom tool are a text. */
function parseArguments(text: string): ScriptedCall['input'] {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The calls of a turn of a script. One of a custom tool, which a chat has not, has a text for its arguments. */
export function toScriptedCalls({ calls }: ScriptedTurn, { messages, tools = [] }: FakeChat): FakeCall[] {
  const seed = createHash('sha256').update(JSON.stringify(messages)).digest('hex').slice(0, 16);
  return calls.map((call, index) => {
    const called = tools.find((tool) => tool.function.name === call.name)?.function;
    const isText = called === undefined && typeof call.input === 'string';
    const input = isText ? String(call.input) : JSON.stringify(toScriptedInput(call, called?.parameters));
    return { id: `call_${seed}_${index}`, name: call.name, arguments: input };
  });
}
