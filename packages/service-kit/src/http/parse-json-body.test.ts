import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { parseJsonBody } from './parse-json-body.ts';

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

  it('takes brackets inside text for text', () => {
    const text = '[{'.repeat(200);
    expect(parseJsonBody(Buffer.from(JSON.stringify({ a: text, b: '\\"' })))).toEqual({ a: text, b: '\\"' });
  });

  it('takes 64 levels', () => {
    expect(codeOf(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).toBe('accepted');
  });

  it('changes no prototype', () => {
    parseJsonBody(Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
