import { type ChatMessage, chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toConversation } from './messages.ts';
import { traitsOf } from './model-traits.ts';

const older = traitsOf('claude-haiku-4-5');
const newer = traitsOf('claude-opus-5-5');
const format = 'anthropic-claude-v1';

function converse(messages: unknown[], traits = older) {
  const parsed: ChatMessage[] = chatCompletionRequest.parse({ model: 'm', messages }).messages;
  return toConversation(parsed, traits);
}

const user = (content: unknown, more: object = {}) => ({ role: 'user', content, ...more });
const assistant = (content: unknown, more: object = {}) => ({ role: 'assistant', content, ...more });
const system = (content: unknown) => ({ role: 'system', content });
const call = (id: string, text = '{}') => ({ id, type: 'function', function: { name: 'f', arguments: text } });
const result = (id: string, content: unknown = 'ok') => ({ role: 'tool', tool_call_id: id, content });
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const fault = (param: string, code = 'invalid_value') => expect.objectContaining({ code, param });

describe('what is said to the system', () => {
  it('later stands where it was said, if the model takes that and the place allows it', () => {
    const turns = [system('a'), user('b'), system('c'), system('d'), assistant('e'), user('f'), system('g')];
    expect(converse(turns, newer)).toEqual({
      system: 'a',
      messages: [user('b'), system([text('c'), text('d')]), assistant('e'), user('f'), system('g')],
    });
  });

  it.each([
    ['before the user continues', [user('b'), system('c'), user('d')], [user([text('b'), text('d')])]],
    [
      'after the assistant',
      [user('b'), assistant('e'), system('c'), user('d')],
      [user('b'), assistant('e'), user('d')],
    ],
  ])('goes to the system prompt %s', (_, turns, messages) => {
    expect(converse(turns, newer)).toEqual({ system: 'c', messages });
  });

  it('goes to the system prompt of a model that takes it nowhere else', () => {
    expect(converse([system('a'), user('b'), { role: 'developer', content: 'c' }])).toEqual({
      system: [text('a'), text('c')],
      messages: [user('b')],
    });
  });

  it('alone is no conversation', () => {
    expect(() => converse([system('a'), user('  ')])).toThrow(fault('messages'));
  });
});

describe('turns', () => {
  it('of one role in a row are one', () => {
    expect(converse([user('a'), user('b'), assistant('c'), assistant('d'), user('e')]).messages).toEqual([
      user([text('a'), text('b')]),
      assistant([text('c'), text('d')]),
      user('e'),
    ]);
  });

  it('leave out texts of white space, which would be refused', () => {
    expect(converse([user([text(' \n'), text('a')]), assistant(''), user('b')]).messages).toEqual([
      user([text('a'), text('b')]),
    ]);
  });

  it('that the model is to continue do not end in white space', () => {
    expect(converse([user('a'), assistant('Once upon \n')]).messages.at(-1)).toEqual(assistant('Once upon'));
    expect(converse([user('a'), assistant('Once '), user('b')]).messages[1]).toEqual(assistant('Once '));
  });

  it('hold a refusal of the assistant as its text', () => {
    const parts = [{ type: 'refusal', refusal: 'No.' }];
    expect(converse([user('a'), assistant(parts, { refusal: 'Never.' }), user('b')]).messages[1]).toEqual(
      assistant([text('No.'), text('Never.')]),
    );
  });
});

describe('results of tools', () => {
  const calls = assistant(null, { tool_calls: [call('t1', '{"a":1}'), call('t2', '')] });
  const uses = [
    { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
    { type: 'tool_use', id: 't2', name: 'f', input: {} },
  ];

  it('are one turn of the user, before all else that it says', () => {
    const pixel = { type: 'image_url', image_url: { url: 'data:image/jpg;base64,AAAA' } };
    const { messages } = converse([user('a'), calls, result('t1', [pixel]), user('now'), result('t2', '')]);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' } };
    expect(messages.slice(1)).toEqual([
      assistant(uses),
      user([
        { type: 'tool_result', tool_use_id: 't1', content: [image] },
        { type: 'tool_result', tool_use_id: 't2' },
        text('now'),
      ]),
    ]);
  });

  it('C-m2: keep the mark of a failure', () => {
    const failed = { ...result('t1', 'not there'), is_error: true };
    const { messages } = converse([user('a'), calls, failed, result('t2', 'x')]);
    expect(messages.at(-1)?.content).toMatchObject([
      { type: 'tool_result', tool_use_id: 't1', content: 'not there', is_error: true },
      { type: 'tool_result', tool_use_id: 't2', content: 'x' },
    ]);
  });

  it.each([
    [[assistant(null, { tool_calls: [call('t1', '[1]')] })], 'messages[1].tool_calls[0].function.arguments'],
    [[assistant(null, { tool_calls: [call('t1', '{')] })], 'messages[1].tool_calls[0].function.arguments'],
    [[assistant(null, { tool_calls: [{ ...call('t1'), id: undefined }] })], 'messages[1].tool_calls[0].id'],
    [[{ role: 'tool', content: 'x' }], 'messages[1].tool_call_id'],
  ])('and calls that are not whole are the caller’s mistake: %j', (turns, param) => {
    expect(() => converse([user('a'), ...turns])).toThrow(fault(param));
  });

  it('in the form before tools are refused', () => {
    const old = { role: 'function', name: 'f', content: 'x' };
    expect(() => converse([user('a'), old])).toThrow(fault('messages[1].role', 'unsupported_parameter'));
    const called = assistant(null, { function_call: { name: 'f', arguments: '{}' } });
    expect(() => converse([user('a'), called])).toThrow(fault('messages[1].function_call', 'unsupported_parameter'));
  });
});

describe('thinking that is given back', () => {
  const thought = (index: number, more: object = {}) => ({
    type: 'reasoning.text',
    text: `t${index}`,
    signature: 's',
    format,
    index,
    ...more,
  });
  const block = (index: number) => ({ type: 'thinking', thinking: `t${index}`, signature: 's' });
  const toContent = (details: unknown[], more: object = {}) =>
    converse([user('a'), assistant('b', { reasoning_details: details, ...more }), user('c')]).messages[1]?.content;

  it('stands where it stood among the blocks of its answer', () => {
    const tool_calls = [call('t1'), call('t2')];
    const uses = tool_calls.map(({ id }) => ({ type: 'tool_use', id, name: 'f', input: {} }));
    expect(toContent([thought(3), thought(0)], { tool_calls })).toEqual([
      block(0),
      text('b'),
      uses[0],
      block(3),
      uses[1],
    ]);
  });

  it('is first if its place is unknown, and last if there is nothing to follow', () => {
    expect(toContent([{ ...thought(0), index: undefined }])).toEqual([block(0), text('b')]);
    expect(toContent([thought(9)])).toEqual([text('b'), block(9)]);
  });

  it('is put together from the pieces of a stream', () => {
    const pieces = [
      { type: 'reasoning.text', text: 'Hm', format, index: 0 },
      { type: 'reasoning.text', text: '.', format, index: 0 },
      { type: 'reasoning.text', signature: 's', format, index: 0 },
      { type: 'reasoning.encrypted', data: 'ZW5j', format, index: 1 },
    ];
    expect(toContent(pieces)).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 's' },
      { type: 'redacted_thinking', data: 'ZW5j' },
      text('b'),
    ]);
  });

  it('is given back with its text hidden, as it came', () => {
    expect(toContent([thought(0, { text: '' })])).toEqual([
      { type: 'thinking', thinking: '', signature: 's' },
      text('b'),
    ]);
  });

  it.each([
    [{ format: 'google-gemini-v1' }],
    [{ format: undefined }],
    [{ signature: undefined }],
    [{ type: 'reasoning.summary', summary: 'x' }],
  ])('is left out where it is another’s or unsigned: %j', (more) => {
    expect(toContent([thought(0, more)])).toBe('b');
  });
});

describe('parts and marks', () => {
  const mark = { type: 'ephemeral' };

  it('of a cache stand on the part, or on the last block of the message', () => {
    const { messages } = converse([
      user([text('a', { cache_control: { ...mark, ttl: '1h', novel: 1 } }), text('b')]),
      assistant('c', { cache_control: mark, tool_calls: [call('t1')] }),
      { ...result('t1'), cache_control: mark },
    ]);
    expect(messages).toEqual([
      user([text('a', { cache_control: { ...mark, ttl: '1h' } }), text('b')]),
      assistant([text('c'), { type: 'tool_use', id: 't1', name: 'f', input: {}, cache_control: mark }]),
      user([{ type: 'tool_result', tool_use_id: 't1', content: 'ok', cache_control: mark }]),
    ]);
    expect(() => converse([user('a', { cache_control: { type: 'eternal' } })])).toThrow(
      fault('messages[0].cache_control'),
    );
  });

  it.each([
    ['data:text/plain;charset=utf-8;base64,xb7DoWJh', { type: 'text', media_type: 'text/plain', data: 'žába' }],
    ['https://files.example/a.pdf', { type: 'url', url: 'https://files.example/a.pdf' }],
  ])('of a file %s become a document', (file, source) => {
    const part = { type: 'file', file: { file_data: file } };
    expect(converse([user([part])]).messages).toEqual([user([{ type: 'document', source }])]);
  });

  it.each([
    [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }, 'image_url.url', 'invalid_image_url'],
    [{ type: 'image_url', image_url: { url: 'data:image/tiff;base64,AA' } }, 'image_url.url', 'invalid_image_url'],
    [{ type: 'image_url', image_url: 'x' }, 'image_url', 'invalid_value'],
    [{ type: 'file', file: { file_id: 'file-1' } }, 'file', 'unsupported_parameter'],
    [{ type: 'file', file: { file_data: 'data:text/csv;base64,AA' } }, 'file.file_data', 'invalid_value'],
    [{ type: 'text', text: 7 }, 'text', 'invalid_value'],
  ])('that cannot be read are named: %j', (part, field, code) => {
    expect(() => converse([user([part])])).toThrow(fault(`messages[0].content[0].${field}`, code));
  });

  it.each(['system', 'assistant'])('that are no text have no place with the %s', (role) => {
    const part = { type: 'image_url', image_url: { url: 'https://a.example/b.png' } };
    expect(() => converse([user('a'), { role, content: [part] }])).toThrow(
      fault('messages[1].content[0]', 'unsupported_parameter'),
    );
  });
});
