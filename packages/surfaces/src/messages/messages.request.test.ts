import { describe, expect, it } from '@jest/globals';
import { messagesSurface } from './index.ts';

const plain = { model: 'acme/model', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] };
const toChat = (fields: object) => messagesSurface.toChat({ ...plain, ...fields });
const toMessages = (...messages: object[]) => toChat({ messages }).chat.messages;
const mark = { type: 'ephemeral', ttl: '1h' };

/** A chat completion as an Anthropic model behind us gives it: a signed thought, then a call. */
const answerOf = (turn: number) => ({
  id: `chatcmpl-${turn}`,
  model: 'claude',
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: `Step ${turn}.`,
        reasoning_content: `Thought ${turn}`,
        reasoning_details: [
          {
            type: 'reasoning.text',
            text: `Thought ${turn}`,
            signature: `sig-${turn}`,
            format: 'anthropic-claude-v1',
            index: 0,
          },
          { type: 'reasoning.encrypted', data: `data-${turn}`, format: 'anthropic-claude-v1', index: 1 },
        ],
        tool_calls: [
          { id: `toolu_${turn}`, type: 'function', function: { name: 'step', arguments: `{"turn":${turn}}` } },
        ],
      },
    },
  ],
});

describe('a conversation of Anthropic’s', () => {
  it('is given back whole over ten turns of tools: every thought with its signature, every call with its result', () => {
    const messages: object[] = [{ role: 'user', content: 'Go' }];
    for (let turn = 0; turn < 10; turn += 1) {
      const request = toChat({ messages });
      const { content } = messagesSurface.fromAnswer(answerOf(turn), request);
      messages.push({ role: 'assistant', content });
      messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${turn}`, content: 'ok' }] });
    }
    const expected = Array.from({ length: 10 }, (_, turn) => {
      const { reasoning_content: _text, ...message } = answerOf(turn).choices[0]?.message ?? { role: 'assistant' };
      return [
        { ...message, role: 'assistant' },
        { role: 'tool', tool_call_id: `toolu_${turn}`, content: 'ok' },
      ];
    });

    expect(toMessages(...messages)).toEqual([{ role: 'user', content: 'Go' }, ...expected.flat()]);
  });

  it('gives other providers their own thoughts back, which Anthropic’s form alone could not hold', () => {
    const gemini = { type: 'reasoning.encrypted', data: 'c2ln', format: 'google-gemini-v1', id: 'call_1' };
    const signed = { type: 'reasoning.text', text: 'Hm.', signature: 'x', format: 'acme-v1' };
    const message = { role: 'assistant', content: 'Hi', reasoning_details: [signed, gemini] };
    const { content } = messagesSurface.fromAnswer({ choices: [{ index: 0, message }] }, toChat({}));

    expect(toMessages({ role: 'user', content: 'Go' }, { role: 'assistant', content })[1]).toEqual({
      role: 'assistant',
      content: 'Hi',
      reasoning_details: [
        { ...signed, index: 0 },
        { ...gemini, index: 1 },
      ],
    });
  });

  it('puts parallel results after their calls, before what the user says with them', () => {
    const use = (id: string) => ({ type: 'tool_use', id, name: 'look', input: {} });
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };

    expect(
      toMessages(
        { role: 'user', content: 'Look' },
        { role: 'assistant', content: [{ type: 'text', text: 'Both.' }, use('a'), use('b')] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'see' }, picture] },
            { type: 'tool_result', tool_use_id: 'b', is_error: true, content: 'not there' },
            { type: 'text', text: 'And now?' },
          ],
        },
      ).slice(1),
    ).toEqual([
      {
        role: 'assistant',
        content: 'Both.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } },
          { id: 'b', type: 'function', function: { name: 'look', arguments: '{}' } },
        ],
      },
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: 'not there', is_error: true },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it('keeps the marks of the prompt cache where they stand', () => {
    const { chat } = toChat({
      system: [{ type: 'text', text: 'Long.', cache_control: mark }],
      tools: [{ name: 'a', input_schema: {}, cache_control: mark }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: mark }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'a', input: {}, cache_control: mark }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok', cache_control: mark }] },
        { role: 'user', content: 'Bye' },
      ],
      cache_control: mark,
    });

    expect(chat.tools).toMatchObject([{ cache_control: mark }]);
    expect(chat.messages).toMatchObject([
      { role: 'system', content: [{ text: 'Long.', cache_control: mark }] },
      { role: 'user', content: [{ text: 'Hello', cache_control: mark }] },
      { role: 'assistant', cache_control: mark },
      { role: 'tool', cache_control: mark },
      { role: 'user', content: 'Bye', cache_control: mark },
    ]);
  });

  it('reads documents and found pages as files and text', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'AAAA' };
    const [message] = toMessages({
      role: 'user',
      content: [
        { type: 'document', source: pdf, title: 'a.pdf', context: 'The contract' },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Words' }, title: 'Notes' },
        { type: 'search_result', source: 'https://a.b', title: 'Page', content: [{ type: 'text', text: 'Found' }] },
      ],
    });

    expect(message?.content).toEqual([
      { type: 'text', text: 'The contract' },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
      { type: 'text', text: 'Notes' },
      { type: 'text', text: 'Words' },
      { type: 'text', text: 'Page\nhttps://a.b\nFound' },
    ]);
  });

  it('says where a system message stands among the others', () => {
    expect(toMessages({ role: 'user', content: 'Hi' }, { role: 'system', content: 'Be brief.' })[1]).toEqual({
      role: 'system',
      content: 'Be brief.',
    });
  });
});

describe('what is asked of a model', () => {
  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { reasoning: { max_tokens: 2048 } }],
    [{ thinking: { type: 'adaptive' } }, { reasoning: { enabled: true } }],
    [{ thinking: { type: 'between_tools' } }, { reasoning: { enabled: true } }],
    [{ thinking: { type: 'disabled' } }, { reasoning: { enabled: false } }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      { reasoning: { enabled: true, effort: 'low' } },
    ],
    [{ output_config: { effort: 'high' } }, { reasoning_effort: 'high' }],
    [{ metadata: { user_id: 'u-1' } }, { user: 'u-1' }],
    [{ metadata: { user_id: 'u'.repeat(65) } }, { user: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    [{ stop_sequences: ['a', 'b'] }, { stop: ['a', 'b'] }],
    [{ stream: true }, { stream: true, stream_options: { include_usage: true } }],
    [{ max_tokens: 7 }, { max_completion_tokens: 7 }],
    [
      { output_format: { type: 'json_schema', schema: { type: 'object' } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
        },
      },
    ],
  ])('%j goes over as %j', (fields, chat) => {
    expect(toChat(fields).chat).toMatchObject(chat);
  });

  it.each([
    [{ type: 'auto' }, 'auto', undefined],
    [{ type: 'none' }, 'none', undefined],
    [{ type: 'any', disable_parallel_tool_use: true }, 'required', false],
    [{ type: 'tool', name: 'a' }, { type: 'function', function: { name: 'a' } }, undefined],
  ])('the choice of tools %j goes over as %j', (tool_choice, expected, parallel) => {
    const { chat } = toChat({ tools: [{ name: 'a', description: 'A', input_schema: {}, strict: true }], tool_choice });

    expect(chat).toMatchObject({ tool_choice: expected });
    expect(chat.parallel_tool_calls).toBe(parallel);
    expect(chat.tools).toEqual([
      { type: 'function', function: { name: 'a', description: 'A', parameters: {}, strict: true } },
    ]);
  });

  it('names the hints that no other provider knows', () => {
    const hinted = { name: 'a', input_schema: {}, defer_loading: true, allowed_callers: ['direct'] };

    expect(toChat({ tools: [hinted] }).droppedParams).toEqual(['tools.defer_loading']);
  });
});

describe('tools that Anthropic describes', () => {
  const namesOf = (...tools: object[]) =>
    (toChat({ tools }).chat.tools ?? []).map(({ function: definition }) => (definition as { name: string }).name);

  it('A-C4: those that the client runs are functions under their own names, and the call comes back by it', () => {
    const editor = { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', cache_control: mark };
    const request = toChat({ tools: [editor], tool_choice: { type: 'tool', name: editor.name } });
    const called = {
      id: 'toolu_1',
      type: 'function',
      function: { name: editor.name, arguments: '{"command":"view"}' },
    };
    const message = { role: 'assistant', content: null, tool_calls: [called] };

    expect(request).toMatchObject({ droppedParams: [], refusal: null });
    expect(request.chat).toMatchObject({
      tools: [{ function: { name: editor.name, parameters: { required: ['command', 'path'] } }, cache_control: mark }],
      tool_choice: { type: 'function', function: { name: editor.name } },
    });
    expect(messagesSurface.fromAnswer({ choices: [{ index: 0, message }] }, request).content).toMatchObject([
      { type: 'tool_use', id: 'toolu_1', name: editor.name, input: { command: 'view' } },
    ]);
    expect(
      namesOf(
        ...[
          'bash_20250124',
          'memory_20250818',
          'text_editor_20250124',
          'text_editor_20250429',
          'computer_20251124',
        ].map((type) => ({ type, name: 'x', display_width_px: 1024, display_height_px: 768 })),
      ),
    ).toEqual(['bash', 'memory', 'str_replace_editor', 'str_replace_based_edit_tool', 'computer']);
  });

  it.each([
    ['tools.web_search_20250305', { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }] }],
    ['tools.tool_of_tomorrow', { tools: [{ type: 'tool_of_tomorrow', name: 'x' }] }],
    ['mcp_servers', { mcp_servers: [{ type: 'url', url: 'https://a.b', name: 'a' }] }],
    ['container', { container: 'container_1' }],
  ])('D11: %s is dropped and named, and rejected by strict', (name, fields) => {
    expect(toChat(fields)).toMatchObject({ droppedParams: [name], refusal: null });
    expect(toChat({ ...fields, strict: true }).refusal).toMatchObject({ code: 'unsupported_parameter', param: name });
  });

  it('D61: the block of Claude Code for Anthropic\u2019s billing stays away from other providers', () => {
    const billing = {
      type: 'text',
      text: 'x-anthropic-billing-header: cc_version=2.1.177; cc_entrypoint=cli; cch=36ee5;',
    };
    const agent = { type: 'text', text: 'You are an agent.' };
    const messagesOf = (...system: object[]) => toChat({ system, strict: true }).chat.messages;
    const hello = { role: 'user', content: 'Hello' };

    expect(toChat({ system: [billing, agent], strict: true })).toMatchObject({ droppedParams: [], refusal: null });
    expect(messagesOf(billing, agent)).toEqual([{ role: 'system', content: 'You are an agent.' }, hello]);
    expect(messagesOf(billing)).toEqual([hello]);
    expect(messagesOf({ ...agent, text: `Say ${billing.text}` })).toHaveLength(2);
  });

  it('D11: what they did before is dropped from the history, and their results stay in what was said', () => {
    const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } };
    const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
    const request = toChat({
      messages: [
        { role: 'user', content: 'Look' },
        { role: 'assistant', content: [search, found, { type: 'text', text: 'Found.' }] },
        { role: 'user', content: 'And?' },
      ],
    });

    expect(request.chat.messages[1]).toEqual({ role: 'assistant', content: 'Found.' });
    expect(request.droppedParams).toEqual(['content.server_tool_use', 'content.web_search_tool_result']);
    expect(request.refusal).toBeNull();
    expect(toMessages({ role: 'user', content: 'Look' }, { role: 'assistant', content: [search, found] })).toHaveLength(
      1,
    );
  });
});
