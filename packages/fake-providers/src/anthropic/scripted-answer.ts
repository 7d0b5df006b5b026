import { createHash } from 'node:crypto';
import { RoundReader, type ScriptedRequest, type ScriptedTurn, toScriptedInput } from '../script.ts';
import type { AnswerBlock } from './answer-block.ts';
import { clientToolsOf } from './hosted-tools.ts';
import { toBlocks } from './tokens.ts';
import type { FakeBlock, FakeRequest } from './wire.ts';

/** A request as a script reads it. */
export function readScripted({ messages, tools }: FakeRequest): ScriptedRequest {
  const reader = new RoundReader();
  const said: string[] = [];
  for (const { role, content } of messages) {
    const blocks = toBlocks<FakeBlock>(content);
    if (role === 'assistant') reader.readModel(blocks.flatMap((block) => (block.type === 'tool_use' ? [block] : [])));
    if (role !== 'user') continue;
    for (const block of blocks) {
      if (block.type === 'text') said.push(block.text);
      if (block.type === 'image') reader.readPictures(1);
      if (block.type === 'tool_result') readResult(reader, block.tool_use_id, toBlocks<FakeBlock>(block.content ?? []));
    }
  }
  return {
    tools: clientToolsOf(tools).map((tool) => tool.name),
    said,
    rounds: reader.rounds,
    pictures: reader.pictures,
  };
}

function readResult(reader: RoundReader, id: string, blocks: readonly FakeBlock[]): void {
  reader.readResult(id, blocks.map((block) => (block.type === 'text' ? block.text : '')).join('\n'));
  reader.readPictures(blocks.filter((block) => block.type === 'image').length);
}

/** Returns the text and calls of a turn of a script, as blocks. */
export function toScriptedBlocks({ text, calls }: ScriptedTurn, { messages, tools }: FakeRequest): AnswerBlock[] {
  const seed = createHash('sha256').update(JSON.stringify(messages)).digest('hex').slice(0, 16);
  const spoken: AnswerBlock[] = text === '' ? [] : [{ type: 'text', text, citations: null }];
  const called = calls.map((call, index): AnswerBlock => {
    const schema = clientToolsOf(tools).find((tool) => tool.name === call.name)?.input_schema;
    const input = toScriptedInput(call, schema);
    return { type: 'tool_use', id: `toolu_fake_${seed}_${index}`, name: call.name, input, caller: { type: 'direct' } };
  });
  return [...spoken, ...called];
}
