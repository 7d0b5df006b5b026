import { describe, expect, it } from '@jest/globals';
import { checkHeaders, checkMessages, checkTokenCount, readBetas } from './check-request.ts';
import { signThinking } from './signature.ts';

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
const thought = { type: 'thinking', thinking: 'Hm.', signature: signThinking('Hm.', '') };
const tools = [{ name: 'f', input_schema: { type: 'object' } }];
const mark = (ttl: string) => ({ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl } });

function check(fields: object, version: '2023-06-01' | '2026-10-21' = '2026-10-21') {
  const request = { model: 'claude-haiku-4-5', max_tokens: 2000, messages: [user('Hello')], ...fields };
  return checkMessages(JSON.stringify(request), version).request;
}

describe('a request to the fake', () => {
  it.each([
    [{ max_tokens: undefined }, 'max_tokens: Field required'],
    [{ max_tokens: 0 }, 'max_tokens: '],
    [{ max_tokens: 64_001 }, 'max_tokens: 64001 > 64000'],
    [{ temperature: 1 }, 'temperature: Extra inputs are not permitted'],
    [{ n: 1 }, 'n: Extra inputs are not permitted'],
    [{ context_management: { edits: [] } }, 'context_management: Extra inputs are not permitted'],
    [{ messages: [] }, 'messages: at least one message is required'],
    [{ messages: [user('')] }, 'messages.0.content'],
    [{ messages: [{ ...user('a'), name: 'Ann' }] }, 'messages.0.name: Extra inputs are not permitted'],
    [{ messages: [assistant('a'), user('b')] }, 'first message must use the "user" role'],
    [{ messages: [user('a'), { role: 'system', content: 'b' }] }, "role 'system' is not supported on this model"],
    [{ messages: [user('a'), assistant('b ')] }, 'trailing whitespace'],
    [
      { messages: [user([{ type: 'document', source: { type: 'base64', media_type: 'text/csv', data: '' } }])] },
      'messages.0',
    ],
    [{ tool_choice: { type: 'auto' } }, 'tool_choice: may only be specified while providing tools'],
    [{ tools, tool_choice: { type: 'tool', name: 'g' } }, "Tool 'g' not found"],
    [{ tools: [...tools, ...tools] }, 'Tool names must be unique'],
    [{ stop_sequences: ['\n'] }, 'non-whitespace'],
    [{ thinking: { type: 'adaptive' } }, '"thinking.type.adaptive" is not supported'],
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, 'must be greater than thinking.budget_tokens'],
    [{ thinking: { type: 'enabled', budget_tokens: 10 } }, 'thinking.budget_tokens'],
    [{ output_config: { effort: 'high' } }, 'output_config.effort: not supported'],
    [{ messages: [user([mark('5m'), mark('1h')])] }, "must not come after a ttl='5m'"],
    [{ messages: [user(Array.from({ length: 5 }, () => mark('5m')))] }, 'A maximum of 4 blocks'],
  ])('is refused as the vendor does: %j', (fields, message) => {
    expect(() => check(fields)).toThrow(message);
  });

  it('may have sampling in the older version, one way of it, and none if the model thinks', () => {
    expect(check({ temperature: 0.2 }, '2023-06-01')).toMatchObject({ temperature: 0.2 });
    expect(() => check({ temperature: 0.2, top_p: 0.5 }, '2023-06-01')).toThrow('cannot both be specified');
    expect(() => check({ temperature: 1.2 }, '2023-06-01')).toThrow('temperature');
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    expect(() => check({ temperature: 0.2, thinking }, '2023-06-01')).toThrow('only be set to 1');
    expect(() => check({ model: 'claude-opus-5-5', temperature: 0.2 }, '2023-06-01')).toThrow('deprecated');
  });

  it('pairs calls with results, which come first', () => {
    const turns = (...last: unknown[]) => [user('a'), assistant([use('t1'), use('t2')]), user(last)];
    const text = { type: 'text', text: 'b' };
    expect(check({ messages: turns(result('t1'), result('t2'), text) }).messages).toHaveLength(3);
    expect(() => check({ messages: turns(result('t1')) })).toThrow('without `tool_result` blocks');
    expect(() => check({ messages: turns(result('t1'), result('t2'), result('t3')) })).toThrow(
      'unexpected `tool_use_id`',
    );
    expect(() => check({ messages: turns(text, result('t1'), result('t2')) })).toThrow('must come first');
  });

  it('gives back the thinking that its calls were made with', () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    const turns = (...blocks: object[]) => [user('a'), assistant([...blocks, use('t1')]), user([result('t1')])];
    expect(check({ thinking, messages: turns(thought) }).messages).toHaveLength(3);
    expect(() => check({ thinking, messages: turns() })).toThrow('Expected `thinking`');
    expect(() => check({ messages: turns({ ...thought, thinking: 'No.' }) })).toThrow('Invalid `signature`');
  });

  it.each([
    [{ thinking: { type: 'disabled' } }, '"thinking.type.disabled" is not supported'],
    [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, '"thinking.type.enabled" is not supported'],
    [{ tools, tool_choice: { type: 'any' } }, 'tool use'],
    [{ messages: [user('a'), assistant('b')] }, 'does not support assistant message prefill'],
    [{ messages: [user('a'), { role: 'system', content: 'b' }, user('c')] }, 'a system message must follow'],
  ])('to the newest model is refused: %j', (fields, message) => {
    expect(() => check({ model: 'claude-opus-5-5', ...fields })).toThrow(message);
  });

  it.each([
    [{ type: 'object', properties: { a: { type: 'string' } } }, 'additionalProperties'],
    [{ type: 'array', items: { type: 'integer', minimum: 1 } }, "'minimum' is not supported"],
    [{ $defs: { a: { type: 'array', minItems: 2 } } }, 'minItems'],
  ])('has a schema that can be held to, not %j', (schema, message) => {
    expect(() => check({ output_config: { format: { type: 'json_schema', schema } } })).toThrow(message);
    expect(() =>
      checkTokenCount(JSON.stringify({ model: 'claude-haiku-4-5', messages: [user('a')], max_tokens: 1 })),
    ).toThrow('max_tokens: Extra inputs');
  });

  it('names a version and has the key, by either header', () => {
    const headers = { 'anthropic-version': '2026-10-21' };
    expect(checkHeaders({ ...headers, authorization: 'Bearer k' }, 'k')).toBe('2026-10-21');
    expect(checkHeaders({ 'anthropic-version': '2023-06-01', 'x-api-key': 'k' }, 'k')).toBe('2023-06-01');
    expect(() => checkHeaders({ 'x-api-key': 'k' }, 'k')).toThrow('anthropic-version: header is required');
    expect(() => checkHeaders({ 'anthropic-version': '2030-01-01', 'x-api-key': 'k' }, 'k')).toThrow(
      'not a valid version',
    );
    expect(() => checkHeaders(headers, 'k')).toThrow('x-api-key header is required');
    expect(() => checkHeaders({ ...headers, 'x-api-key': 'wrong', authorization: 'Bearer k' }, 'k')).toThrow(
      'invalid x-api-key',
    );
  });

  it('takes context management with its beta header', () => {
    const edits = [{ type: 'clear_thinking_20251015', keep: 'all' }];
    const request = {
      model: 'claude-haiku-4-5',
      max_tokens: 2000,
      messages: [user('a')],
      context_management: { edits },
    };
    const betas = readBetas({ 'anthropic-beta': 'effort-2025-11-24, context-management-2025-06-27' });

    expect(checkMessages(JSON.stringify(request), '2023-06-01', betas).request.context_management).toEqual({ edits });
  });
});
