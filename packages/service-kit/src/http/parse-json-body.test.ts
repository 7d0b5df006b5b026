import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { clientJsonBounds } from './json-figures.ts';
import { parseJsonBody, parseScannedJson, scanJson } from './parse-json-body.ts';

const codeOf = (body: Buffer | string): string => {
  try {
    parseJsonBody(Buffer.from(body as string));
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('parseJsonBody', () => {
  it('reads an object with text of any language and escapes', () => {
    expect(parseJsonBody(Buffer.from('{"a":"Привет \\u00e9 \\ud83d\\ude00 🙂","b":[1,{"c":null}]}'))).toEqual({
      a: 'Привет é 😀 🙂',
      b: [1, { c: null }],
    });
  });

  it.each([
    ['an empty body', ''],
    ['truncated JSON', '{"a":'],
    ['a list', '[]'],
    ['a number', '1'],
    ['NaN', '{"a":NaN}'],
    ['a byte order mark', '\ufeff{}'],
    ['bytes after the end', '{} {}'],
    ['a control character in text', '{"a":"\u0000"}'],
    ['65 levels of lists', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`],
    ['a string without an end', '{"a":"b'],
    ['a long string without an end', `{"a":"${'b'.repeat(1000)}`],
    ['the same field twice', '{"model":"a","model":"b"}'],
    ['the same field twice, once with an escape', '{"a":1,"\\u0061":2}'],
    ['the same field twice, deep inside', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['a hundred thousand open brackets', '['.repeat(100_000)],
  ])('refuses %s as invalid_json', (_name, body) => {
    expect(codeOf(body)).toBe('invalid_json');
  });

  it('refuses bytes that are not UTF-8 as invalid_json', () => {
    expect(codeOf(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))).toBe('invalid_json');
  });

  it.each([
    ['an escaped NUL', '{"a":["x\\u0000"]}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['a lone surrogate in a name', '{"\\udc00":1}'],
  ])('refuses %s as invalid_value', (_name, body) => {
    expect(codeOf(body)).toBe('invalid_value');
  });

  it('C-F3: names the field whose text cannot be stored', () => {
    const body = Buffer.from(JSON.stringify({ a: [{ b: 'x' }, { b: 'x\u0000' }] }));

    expect(() => parseJsonBody(body)).toThrow(expect.objectContaining({ param: 'a[1].b' }));
  });

  it('C-F3: forwards NUL in text and mends lone surrogates, but not in names, ids and metadata', () => {
    const parse = (value: object) => {
      const body = Buffer.from(JSON.stringify(value));
      return parseScannedJson(body, scanJson(body, clientJsonBounds), 'forwarded');
    };
    const content = [
      { type: 'text', text: 'a\u0000\ud800b' },
      { type: 'tool_use', id: 'x', input: { name: '\u0000' } },
    ];

    expect(parse({ model: 'm', messages: [{ role: 'user', content }] })).toEqual({
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a\u0000\ufffdb' },
            { type: 'tool_use', id: 'x', input: { name: '\u0000' } },
          ],
        },
      ],
    });
    for (const [param, value] of [
      ['user', { user: 'a\u0000' }],
      ['metadata.team', { metadata: { team: '\ud800' } }],
      ['models[0]', { models: ['\u0000'] }],
      ['messages[0].tool_call_id', { messages: [{ tool_call_id: '\u0000' }] }],
      ['tools[0].function.name', { tools: [{ function: { name: '\u0000' } }] }],
    ] as const) {
      expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'invalid_value', param }));
    }
  });

  it('takes brackets inside text for text', () => {
    const text = '[{'.repeat(200);
    expect(parseJsonBody(Buffer.from(JSON.stringify({ a: text, b: '\\"' })))).toEqual({ a: text, b: '\\"' });
  });

  it('takes 64 levels', () => {
    expect(codeOf(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).toBe('accepted');
  });

  it('takes the same field in several objects, and colons and commas in text', () => {
    const body = { a: { a: ':,:,{' }, b: [{ a: 1 }, { a: '"\\":' }], '"x":': 1, __proto: 1 };

    expect(parseJsonBody(Buffer.from(JSON.stringify(body)))).toEqual(body);
    expect(codeOf('{"__proto__":1,"constructor":2}')).toBe('accepted');
  });

  it.each([
    ['objects', '{}', 99_999, 100_000],
    ['lists', '[]', 99_999, 100_000],
    ['numbers', '0', 499_999, 500_000],
  ])(
    'takes %3$d %1$s less one in a list, and refuses more before it parses them (I12)',
    (_name, one, most, tooMany) => {
      const listOf = (count: number) => `{"a":[${new Array(count).fill(one).join(',')}]}`;

      expect(codeOf(listOf(most - 1))).toBe('accepted');
      expect(codeOf(`${listOf(tooMany).slice(0, -2)},broken`)).toBe('request_too_large');
    },
  );

  it('finds the end of long strings with escapes', () => {
    const body = { a: `${'x'.repeat(1000)}"\\${'y'.repeat(1000)}\\`, b: '\n'.repeat(500), c: `${'z'.repeat(47)}"` };

    expect(parseJsonBody(Buffer.from(JSON.stringify(body)))).toEqual(body);
  });

  it('changes no prototype', () => {
    parseJsonBody(Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
