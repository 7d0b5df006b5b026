import { describe, expect, it } from '@jest/globals';
import { toStrictSchema } from './json-schema.ts';

describe('a schema for constrained decoding', () => {
  it('closes every object, wherever it is', () => {
    const inner = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const closed = { ...inner, additionalProperties: false };
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { one: inner, many: { type: 'array', items: inner }, either: { oneOf: [inner, { type: 'null' }] } },
      additionalProperties: true,
      $defs: { inner },
    };
    expect(toStrictSchema(schema)).toEqual({
      type: 'object',
      properties: {
        one: closed,
        many: { type: 'array', items: closed },
        either: { anyOf: [closed, { type: 'null' }] },
      },
      additionalProperties: false,
      $defs: { inner: closed },
    });
  });

  it('says in words what cannot be enforced, and drops nothing', () => {
    const schema = {
      type: 'array',
      description: 'Scores',
      minItems: 3,
      uniqueItems: true,
      items: { type: 'number', minimum: 0, maximum: 9 },
    };
    expect(toStrictSchema(schema)).toEqual({
      type: 'array',
      description: 'Scores\n\n{minItems: 3, uniqueItems: true}',
      items: { type: 'number', description: '{minimum: 0, maximum: 9}' },
    });
    expect(toStrictSchema({ type: 'string', format: 'email' })).toEqual({ type: 'string', format: 'email' });
    expect(toStrictSchema({ type: 'string', format: 'iban' })).toEqual({
      type: 'string',
      description: '{format: "iban"}',
    });
    expect(toStrictSchema({ type: 'array', minItems: 1 })).toEqual({ type: 'array', minItems: 1 });
  });

  it('takes a property that is named like a keyword for a property', () => {
    const schema = { type: 'object', properties: { minimum: { type: 'number' }, items: { type: 'string' } } };
    expect(toStrictSchema(schema)).toEqual({ ...schema, additionalProperties: false });
  });
});
