import { compilePolicy, maskChat, maskOne } from '@aggregator/anonymisation';
import { isRecord } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { chatCompletionsSurface, messagesSurface, responsesSurface } from '../index.ts';
import { maskBody } from './mask-body.ts';

const policy = compilePolicy({ mode: 'mask', names: ['Anna'] });
const values = ['Anna', ['Anna'], { name: 'Anna', data: [{ url: 'Anna' }] }];
const names = [
  ...['id', 'name', 'type', 'role', 'status', 'phase', 'detail', 'url', 'format', 'schema', 'audio', 'conversation'],
  ...['container', 'signature', 'data', 'result', 'file', 'filename', 'customer', 'documents', 'metadata', 'user'],
  ...[
    'text',
    'content',
    'title',
    'context',
    'citations',
    'annotations',
    'source',
    'action',
    'env',
    'results',
    'output',
  ],
  ...['arguments', 'input', 'summary', 'reasoning', 'reasoning_content', 'logprobs', 'tool_choice', 'parameters'],
  ...[
    'image_url',
    'file_id',
    'file_url',
    'transcript',
    'tool_references',
    'context_management',
    'index',
    'namespace',
    'server_label',
    'caller',
    'outcome',
    'prompt',
    'stop',
    'refusal',
  ],
];

const bodies = {
  'chat completions': {
    surface: chatCompletionsSurface,
    body: {
      model: 'm',
      messages: [
        { role: 'system', content: 'be kind' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'image_url', image_url: { url: 'https://a.example/x.png' } },
            { type: 'file', file: { file_data: 'QUJD' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'found' },
      ],
      prediction: { type: 'content', content: [{ type: 'text', text: 'x' }] },
      documents: [{ data: { a: 'b' } }],
    },
  },
  messages: {
    surface: messagesSurface,
    body: {
      model: 'm',
      max_tokens: 10,
      system: [{ type: 'text', text: 'be kind' }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            {
              type: 'document',
              source: { type: 'text', media_type: 'text/plain', data: 'x' },
              title: 't',
              context: 'c',
            },
            { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'x' }] },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'find', input: { a: 1 } }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'found' }] }],
        },
      ],
    },
  },
  responses: {
    surface: responsesSurface,
    body: {
      model: 'm',
      instructions: 'be kind',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'thought' }] },
        { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'find', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'found' }] },
        {
          type: 'local_shell_call',
          ...{ id: 'ls_1', call_id: 'call_2', status: 'completed' },
          action: { type: 'exec', command: ['ls'], env: { A: 'b' } },
        },
        { type: 'local_shell_call_output', id: 'lo_1', call_id: 'call_2', output: 'x' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi', annotations: [] }] },
      ],
    },
  },
};

/** Each body that has one more field, or another value of a field, in one of its objects. */
function* listBodies(body: object): Generator<string> {
  const copy = structuredClone(body);
  for (const record of listRecords(copy)) {
    for (const name of names) {
      const given = Object.getOwnPropertyDescriptor(record, name);
      for (const value of values) {
        record[name] = value;
        yield JSON.stringify(copy);
      }
      if (given === undefined) delete record[name];
      else record[name] = given.value;
    }
  }
}

function listRecords(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(listRecords);
  return isRecord(value) ? [value, ...Object.values(value).flatMap(listRecords)] : [];
}

describe('the chat that is made of a masked body', () => {
  it.each(Object.entries(bodies))(
    'holds nothing that the mask of a chat would mask: %s, with a value in any field of any object',
    (_name, { surface, body }) => {
      let checked = 0;
      const leaks: string[] = [];
      for (const text of listBodies(body)) {
        const { masked } = maskOne(JSON.parse(text), policy, 'text', (masker) => maskBody(text, surface.name, masker));
        const chat = masked === null ? null : toChat(surface, masked);
        if (chat === null) continue;
        checked += 1;
        if (maskChat(chat, policy).chat !== chat) leaks.push(text);
      }
      expect(leaks.slice(0, 5)).toEqual([]);
      expect(checked).toBeGreaterThan(500);
    },
  );
});

/** Null for a body that no provider receives. */
function toChat(surface: (typeof bodies)['messages']['surface'], text: string) {
  try {
    return surface.toChat(JSON.parse(text)).chat;
  } catch {
    return null;
  }
}
