import { isRecord } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { joinAnswer, script } from '../testing/chat-script.ts';
import { play, readEvents } from '../testing/surface-server.ts';
import { responsesSurface } from './index.ts';
import { checkGrammar } from './testing/read-response.ts';

const toChat = (fields: object) => responsesSurface.toChat({ model: 'acme/model', input: 'Hello', ...fields });
const tool = (name: string) => ({ type: 'function', name, parameters: { type: 'object' } });
const group = (name: string, ...tools: object[]) => ({ type: 'namespace', name, description: 'A group.', tools });
const nameOf = ({ function: definition, custom }: Record<string, unknown>) => {
  const named = definition ?? custom;
  return isRecord(named) ? named.name : null;
};
const namesOf = (fields: object) => (toChat(fields).chat.tools ?? []).map(nameOf);
const answerOf = (name: string) =>
  script(
    [{ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: '{"a":1}' } }] }],
    'tool_calls',
  );

describe('tools of an agent', () => {
  it('C-F2: the functions of a namespace go over one by one, under both names', () => {
    const { chat, droppedParams, refusal } = toChat({
      tools: [
        tool('exec'),
        group('mcp__docs', tool('search'), tool('read')),
        { type: 'web_search', external_web_access: true },
      ],
      tool_choice: 'auto',
    });

    expect(chat.tools).toEqual([
      { type: 'function', function: { name: 'exec', parameters: { type: 'object' } } },
      {
        type: 'function',
        function: { name: 'mcp__docs__search', description: 'mcp__docs: A group.', parameters: { type: 'object' } },
      },
      { type: 'function', function: { name: 'mcp__docs__read', parameters: { type: 'object' } } },
    ]);
    expect({ droppedParams, refusal }).toEqual({ droppedParams: ['tools.web_search'], refusal: null });
  });

  it('C-F2: tools that an item of the input adds stand beside the others; what is added again is there once', () => {
    const item = { type: 'additional_tools', role: 'developer', tools: [group('functions', tool('exec'))] };
    const input = [item, { role: 'user', content: 'Go' }, item];

    expect(namesOf({ input, tools: [tool('exec')] })).toEqual(['exec', 'functions__exec']);
    expect(toChat({ input }).chat.messages).toEqual([{ role: 'user', content: 'Go' }]);
  });

  it('C-F2: a call comes back with its namespace, plain and streamed, and is found again in the history', () => {
    const request = toChat({ tools: [group('mcp__docs', tool('search'))] });
    const called = {
      type: 'function_call',
      call_id: 'call_1',
      name: 'search',
      namespace: 'mcp__docs',
      arguments: '{"a":1}',
    };
    const plain = responsesSurface.fromAnswer(joinAnswer(answerOf('mcp__docs__search')), request);
    const events = readEvents(play(responsesSurface, request, answerOf('mcp__docs__search')));

    checkGrammar(events);
    expect(plain.output).toMatchObject([called]);
    expect(events.at(-1)).toMatchObject({ response: { output: [called] } });
    expect(events.find(({ type }) => type === 'response.function_call_arguments.done')).toMatchObject({
      name: 'search',
    });
    expect(toChat({ input: plain.output, tools: [group('mcp__docs', tool('search'))] }).chat.messages).toMatchObject([
      { tool_calls: [{ function: { name: 'mcp__docs__search' } }] },
    ]);
    expect(toChat({ input: [called] }).chat.messages).toMatchObject([
      { tool_calls: [{ function: { name: 'mcp__docs__search' } }] },
    ]);
  });

  it('C-F2: a joined name fits every vendor, is the same in each turn, and is no other tool’s', () => {
    const long = group(`mcp__${'server'.repeat(12)}`, tool('search'), tool('seek'));
    const first = namesOf({ tools: [long] });
    const clash = namesOf({ tools: [group('a', tool('b')), group('a_', tool('b')), tool('a__b')] });

    expect(first).toEqual(namesOf({ tools: [long] }));
    expect(new Set([...first, ...clash]).size).toBe(5);
    for (const name of [...first, ...clash]) expect(name).toMatch(/^[\w-]{1,64}$/);
    expect(namesOf({ tools: [group('crm.eu', tool('list all'))] })[0]).toMatch(/^crm_eu__list_all_[0-9a-f]{8}$/);
  });

  it('C-F2: a choice names the tool as its namespace has it', () => {
    const tools = [group('crm', tool('list'), { type: 'custom', name: 'sql' }), { type: 'web_search' }];
    const choose = (tool_choice: object) => {
      const { chat, droppedParams } = toChat({ tools, tool_choice });
      return { choice: chat.tool_choice, isNamed: droppedParams.includes('tool_choice') };
    };
    const list = { type: 'function', name: 'list', namespace: 'crm' };
    const chosen = { type: 'function', function: { name: 'crm__list' } };

    expect(choose(list)).toEqual({ choice: chosen, isNamed: false });
    expect(choose({ type: 'custom', name: 'sql', namespace: 'crm' }).choice).toEqual({
      type: 'custom',
      custom: { name: 'crm__sql' },
    });
    expect(choose({ type: 'web_search' })).toEqual({ choice: undefined, isNamed: true });
    expect(choose({ type: 'allowed_tools', mode: 'auto', tools: [list, { type: 'web_search' }] })).toEqual({
      choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [chosen] } },
      isNamed: true,
    });
  });

  it('D14: a search for tools that the client makes is a function, and its calls are items of their own', () => {
    const parameters = { type: 'object', properties: { query: { type: 'string' } } };
    const searchTool = { type: 'tool_search', execution: 'client', description: 'Finds tools.', parameters };
    const asked = toChat({ tools: [tool('exec'), searchTool] });
    const said = answerOf('tool_search');
    const called = { type: 'tool_search_call', call_id: 'call_1', execution: 'client', arguments: { a: 1 } };
    const plain = responsesSurface.fromAnswer(joinAnswer(said), asked);
    const events = readEvents(play(responsesSurface, asked, said));
    const found = {
      type: 'tool_search_output',
      call_id: 'call_1',
      execution: 'client',
      tools: [group('crm', tool('list'))],
    };
    const next = toChat({ tools: [tool('exec'), searchTool], input: [called, found] });

    expect(asked).toMatchObject({ droppedParams: [], refusal: null });
    expect(asked.chat.tools?.[1]).toEqual({
      type: 'function',
      function: { name: 'tool_search', description: 'Finds tools.', parameters },
    });
    expect(plain.output).toMatchObject([called]);
    expect(events.at(-1)).toMatchObject({ response: { output: [called] } });
    expect(events.filter(({ type }) => String(type).includes('arguments'))).toEqual([]);
    expect(next.chat.tools?.map(nameOf)).toEqual(['exec', 'crm__list', 'tool_search']);
    expect(next.chat.messages).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'tool_search', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '{"tools":["crm__list"]}' },
    ]);
    expect(namesOf({ tools: [tool('tool_search'), searchTool] })).toEqual([
      'tool_search',
      expect.stringMatching(/^tool_search_[0-9a-f]{8}$/),
    ]);
  });

  const ran = [{ stdout: 'a', stderr: '', outcome: { type: 'exit', exit_code: 0 } }];
  const patch = { type: 'update_file', path: 'a.ts', diff: '@@\n-a\n+b' };
  const ownCalls = [
    [
      'shell',
      { commands: ['ls', 'pwd'] },
      {
        action: { commands: ['ls', 'pwd'], timeout_ms: null, max_output_length: null },
        environment: { type: 'local' },
      },
      { output: ran },
      JSON.stringify(ran),
    ],
    [
      'local_shell',
      { command: ['ls', '-l'], working_directory: '/w' },
      { action: { type: 'exec', command: ['ls', '-l'], env: {}, working_directory: '/w' } },
      { output: 'a' },
      'a',
    ],
    [
      'apply_patch',
      patch,
      { operation: patch },
      { status: 'failed', output: 'No such line.' },
      '{"status":"failed","output":"No such line."}',
    ],
  ] as const;

  it.each(ownCalls)(
    'D14: %s is a function elsewhere, and its calls and results keep their kind',
    (type, asked, fields, more, content) => {
      const request = toChat({ tools: [tool('exec'), { type }], tool_choice: { type } });
      const said = script(
        [
          {
            tool_calls: [
              { index: 0, id: 'call_1', type: 'function', function: { name: type, arguments: JSON.stringify(asked) } },
            ],
          },
        ],
        'tool_calls',
      );
      const called = { type: `${type}_call`, call_id: 'call_1', status: 'completed', ...fields };
      const plain = responsesSurface.fromAnswer(joinAnswer(said), request);
      const events = readEvents(play(responsesSurface, request, said));

      expect(request).toMatchObject({ droppedParams: [], refusal: null });
      expect(request.chat.tools?.map(nameOf)).toEqual(['exec', type]);
      expect(request.chat.tool_choice).toEqual({ type: 'function', function: { name: type } });
      expect(plain.output).toMatchObject([called]);
      checkGrammar(events);
      expect(events.at(-1)).toMatchObject({ response: { output: [called] } });
      expect(events.filter(({ type: kind }) => String(kind).includes('arguments'))).toEqual([]);

      const [item] = plain.output as Record<string, unknown>[];
      for (const id of ['call_1', item?.id]) {
        const result = {
          type: `${type}_call_output`,
          ...(type === 'local_shell' ? { id } : { call_id: 'call_1' }),
          ...more,
        };
        const next = toChat({ tools: [{ type }], input: [item, result] });
        expect(next).toMatchObject({ droppedParams: [], refusal: null });
        expect(next.chat.messages[1]).toEqual({ role: 'tool', tool_call_id: 'call_1', content });
        const [call] = next.chat.messages[0]?.tool_calls ?? [];
        expect(call).toMatchObject({ id: 'call_1', function: { name: type } });
        expect(JSON.parse(call?.function?.arguments ?? '')).toMatchObject(asked);
      }
    },
  );

  it('D14: a shell in a container of OpenAI is dropped and named; a name that the client has is not taken', () => {
    const hosted = toChat({ tools: [{ type: 'shell', environment: { type: 'container_auto' } }] });
    expect(hosted).toMatchObject({ droppedParams: ['tools.shell'], refusal: null });
    expect(hosted.chat.tools).toBeUndefined();
    const local = { type: 'shell', environment: { type: 'local' } };
    expect(namesOf({ tools: [tool('shell'), local] })).toEqual(['shell', expect.stringMatching(/^shell_[0-9a-f]{8}$/)]);
  });

  it.each([
    ['tools.web_search', { tools: [{ type: 'web_search' }] }],
    ['tools.tool_of_tomorrow', { tools: [{ type: 'tool_of_tomorrow' }] }],
    ['tools', { tools: [{ type: 'tool of\r\ntomorrow' }] }],
    ['tools.image_generation', { tools: [group('a', { type: 'image_generation' }, tool('b'))] }],
    ['input.web_search_call', { input: [{ type: 'web_search_call', id: 'ws_1', status: 'completed' }] }],
  ])('D12: %s is dropped and named, and rejected by strict', (name, fields) => {
    expect(toChat(fields)).toMatchObject({ droppedParams: [name], refusal: null });
    expect(toChat({ ...fields, strict: true }).refusal).toMatchObject({ code: 'unsupported_parameter', param: name });
  });
});
