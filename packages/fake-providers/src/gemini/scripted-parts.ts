import { createHash } from 'node:crypto';
import { RoundReader, type ScriptedRequest, type ScriptedTurn, toScriptedInput } from '../script.ts';
import type { FakeModel } from './models.ts';
import type { FakePart, FakeRequest } from './wire.ts';

/** A request as a script reads it. */
export function readScripted({ contents, tools = [] }: FakeRequest): ScriptedRequest {
  const reader = new RoundReader();
  const said: string[] = [];
  for (const { role, parts } of contents) {
    if (role === 'model') {
      const calls = parts.flatMap(({ functionCall: call }) =>
        call === undefined ? [] : [{ id: call.id, name: call.name, input: call.args ?? {} }],
      );
      reader.readModel(calls);
      continue;
    }
    for (const { text, inlineData, functionResponse } of parts) {
      if (text !== undefined) said.push(text);
      if (inlineData !== undefined) reader.readPictures(1);
      if (functionResponse === undefined) continue;
      reader.readResult(
        functionResponse.id,
        String(functionResponse.response.output ?? JSON.stringify(functionResponse.response)),
      );
      reader.readPictures((functionResponse.parts ?? []).length);
    }
  }
  return {
    tools: readDeclarations(tools).map(({ name }) => name),
    said,
    rounds: reader.rounds,
    pictures: reader.pictures,
  };
}

/** Returns the text and calls of a turn of a script, as parts. */
export function toScriptedParts(
  { text, calls }: ScriptedTurn,
  { contents, tools = [] }: FakeRequest,
  { isThirdGeneration }: FakeModel,
): FakePart[] {
  const seed = createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 7);
  const called = calls.map((call, index) => {
    const schema = readDeclarations(tools).find(({ name }) => name === call.name)?.parametersJsonSchema;
    const id = isThirdGeneration ? { id: `${seed}${index}` } : {};
    return { functionCall: { ...id, name: call.name, args: toScriptedInput(call, schema) } };
  });
  return [...(text === '' ? [] : [{ text }]), ...called];
}

function readDeclarations(tools: NonNullable<FakeRequest['tools']>) {
  return tools.flatMap(({ functionDeclarations }) => functionDeclarations);
}
