import { describe, expect, it } from '@jest/globals';
import { joinAnswer, script } from '../testing/chat-script.ts';
import { responsesSurface } from './index.ts';

const toChat = (fields: object) => responsesSurface.toChat({ model: 'acme/model', input: 'Hello', ...fields });
const toMessages = (...input: object[]) => toChat({ input }).chat.messages;
const call = (id: string, name = 'step') => ({ type: 'function_call', call_id: id, name, arguments: '{}' });
const output = (id: string, text = 'ok') => ({ type: 'function_call_output', call_id: id, output: text });
const chatCall = (id: string, name = 'step') => ({ id, type: 'function', function: { name, arguments: '{}' } });

/** A signed thought, then a call, as a model behind us gives them. */
const scriptOf = (turn: number) =>
  script(
    [
      {
        reasoning_details: [
          { type: 'reasoning.text', text: `Thought ${turn}`, format: 'anthropic-claude-v1', index: 0 },
        ],
      },
      {
        reasoning_details: [
          { type: 'reasoning.text', signature: `sig-${turn}`, format: 'anthropic-claude-v1', index: 0 },
        ],
      },
      { content: `Step ${turn}.` },
      { tool_calls: [{ index: 0, id: `call_${turn}`, type: 'function', function: { name: 'step', arguments: '{}' } }] },
    ],
    'tool_calls',
  );

describe('a conversation of items', () => {
  it('is given back whole over ten turns of tools: every thought with its signature, every call with its result', () => {
    const input: unknown[] = [{ role: 'user', content: 'Go' }];
    for (let turn = 0; turn < 10; turn += 1) {
      const response = responsesSurface.fromAnswer(joinAnswer(scriptOf(turn)), toChat({ input }));
      input.push(...(Array.isArray(response.output) ? response.output : []), output(`call_${turn}`));
    }
    const expected = Array.from({ length: 10 }, (_, turn) => [
      {
        role: 'assistant',
        content: `Step ${turn}.`,
        tool_calls: [chatCall(`call_${turn}`)],
        reasoning_details: [
          {
            type: 'reasoning.text',
            text: `Thought ${turn}`,
            signature: `sig-${turn}`,
            format: 'anthropic-claude-v1',
            index: 0,
          },
        ],
      },
      { role: 'tool', tool_call_id: `call_${turn}`, content: 'ok' },
    ]);

    expect(toChat({ input }).chat.messages).toEqual([{ role: 'user', content: 'Go' }, ...expected.flat()]);
  });

  it('makes one message of what was said and called in one turn, however the items lie', () => {
    const said = { role: 'assistant', content: [{ type: 'output_text', text: 'Both.' }] };

    expect(toMessages(call('a'), said, call('b'), output('a'), output('b'))).toEqual([
      { role: 'assistant', content: 'Both.', tool_calls: [chatCall('a'), chatCall('b')] },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
      { role: 'tool', tool_call_id: 'b', content: 'ok' },
    ]);
    expect(toMessages(said, said)).toHaveLength(2);
  });

  it('reads every kind of part', () => {
    const content = [
      { type: 'input_text', text: 'See', prompt_cache_breakpoint: { mode: 'explicit' } },
      { type: 'input_image', image_url: 'https://example.org/a.png', detail: 'low' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
    ];

    expect(toMessages({ type: 'message', role: 'user', content })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See', cache_control: { type: 'ephemeral' } },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
        ],
      },
    ]);
  });

  it('reads custom calls and results of several parts', () => {
    const custom = { type: 'custom_tool_call', call_id: 'c', name: 'shell', input: 'ls' };
    const parts = [
      { type: 'input_text', text: 'a' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
    ];

    expect(toMessages(custom, { type: 'custom_tool_call_output', call_id: 'c', output: parts })).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'shell', input: 'ls' } }],
      },
      {
        role: 'tool',
        tool_call_id: 'c',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it('gives a thought without a seal as its words, and names one with the seal of another issuer', () => {
    const thought = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] };
    const words = {
      role: 'assistant',
      content: null,
      tool_calls: [chatCall('a')],
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', index: 0 }],
    };
    const foreign = toChat({ input: [{ ...thought, encrypted_content: 'gAAAA' }, call('a')] });

    expect(toMessages(thought, call('a'))).toEqual([words]);
    expect(foreign.chat.messages).toEqual([words]);
    expect(foreign.droppedParams).toEqual(['input.reasoning.encrypted_content']);
  });
});

describe('what is asked of a model', () => {
  const weather = { type: 'function', name: 'weather', description: 'W', parameters: { type: 'object' }, strict: true };

  it.each([
    [{ instructions: 'Be brief.' }, { messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }] }],
    [{ max_output_tokens: 7 }, { max_completion_tokens: 7 }],
    [{ reasoning: { effort: 'high' } }, { reasoning_effort: 'high' }],
    [{ reasoning: { effort: 'high', summary: 'auto' } }, { reasoning_effort: 'high', reasoning: { summary: 'auto' } }],
    [{ reasoning: { summary: 'detailed' } }, { reasoning: { summary: 'detailed' } }],
    [{ text: { format: { type: 'json_object' } } }, { response_format: { type: 'json_object' } }],
    [
      { text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true } } },
      {
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, strict: true } },
      },
    ],
    [{ text: { verbosity: 'low' } }, { verbosity: 'low' }],
    [{ top_logprobs: 2 }, { logprobs: true, top_logprobs: 2 }],
    [{ stream: true }, { stream: true, stream_options: { include_usage: true } }],
    [
      { tools: [weather], parallel_tool_calls: false },
      {
        parallel_tool_calls: false,
        tools: [
          {
            type: 'function',
            function: { name: 'weather', description: 'W', parameters: { type: 'object' }, strict: true },
          },
        ],
      },
    ],
    [
      { tools: [{ type: 'custom', name: 'sh', format: { type: 'grammar', syntax: 'lark', definition: 'x' } }] },
      {
        tools: [
          {
            type: 'custom',
            custom: { name: 'sh', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
          },
        ],
      },
    ],
    [
      { tools: [weather], tool_choice: { type: 'function', name: 'weather' } },
      { tool_choice: { type: 'function', function: { name: 'weather' } } },
    ],
    [
      {
        tools: [weather],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'weather' }] },
      },
      {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'weather' } }] },
        },
      },
    ],
  ])('%j goes over as %j', (fields, chat) => {
    expect(toChat(fields).chat).toMatchObject(chat);
  });

  it('is returned in the answer, with store as what it is', () => {
    const asked = {
      instructions: 'Be brief.',
      metadata: { team: 'a' },
      tools: [weather],
      tool_choice: 'auto',
      temperature: 0.3,
      reasoning: { effort: 'low', summary: 'auto' },
      max_output_tokens: 7,
    };
    const request = toChat({ ...asked, store: true });

    expect(request.droppedParams).toEqual([]);
    expect(responsesSurface.fromAnswer({}, { ...request, isKept: true })).toMatchObject({ store: true });
    expect(responsesSurface.fromAnswer(joinAnswer(script([{ content: 'Hi' }])), request)).toMatchObject({
      ...asked,
      id: 'resp_7F3a',
      object: 'response',
      created_at: 1_790_000_000,
      status: 'completed',
      model: 'model-that-served',
      store: false,
      previous_response_id: null,
      error: null,
      incomplete_details: null,
      output: [
        {
          id: 'msg_7F3a_0',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
        },
      ],
    });
  });
});
