import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editJson, readJsonField } from './edit-json.ts';

/** A JSON text with white space anywhere, and its value. */
const spaced = fc
  .record({
    fields: fc.uniqueArray(
      fc.tuple(
        fc.oneof(fc.constantFrom('model', 'models', 'strict', 'stream'), fc.string({ unit: 'binary' })),
        fc.json(),
      ),
      { selector: ([name]) => name, maxLength: 6 },
    ),
    blank: fc.constantFrom('', ' ', '\n\t', '\r\n'),
  })
  .map(({ fields, blank }) => {
    const written = fields.map(([name, json]) => `${JSON.stringify(name)}${blank}:${blank}${json}${blank}`);
    return { fields, text: `${blank}{${blank}${written.join(`,${blank}`)}}${blank}` };
  });

describe('an edited JSON text', () => {
  it('has the new values, and the rest to the letter', () => {
    fc.assert(
      fc.property(
        spaced,
        fc.dictionary(fc.constantFrom('model', 'models', 'strict', 'stream'), fc.option(fc.json())),
        ({ fields, text }, changes) => {
          const edits = new Map(Object.entries(changes));
          const edited = editJson(text, edits);
          const expected = new Map<string, string>(fields);
          for (const [name, json] of edits) {
            if (json === null) expected.delete(name);
            else expected.set(name, json);
          }
          const value: Record<string, unknown> = JSON.parse(edited);
          expect(Object.keys(value).sort()).toEqual([...expected.keys()].sort());
          for (const [name, json] of expected) expect(readJsonField(edited, name)).toBe(json.trim());
          if (edits.size === 0) expect(edited).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([0, 15, 16, 17, 1000])('finds the end of a text with %d quotes in it', (quotes) => {
    for (const end of ['', '\\', '\\\\', '"\\']) {
      const text = JSON.stringify({ text: `a"\\`.repeat(quotes) + end, model: 'x' });
      expect(editJson(text, new Map([['model', '"y"']]))).toBe(text.replace('"model":"x"', '"model":"y"'));
    }
  });

  it('keeps how everything else is written', () => {
    const text = '{ "a":1.0 ,"mod\\u0065l" : "x\\"y\\\\" , "big":12345678901234567890,\n"n":{"model":"z"} }';
    expect(editJson(text, new Map([['model', '"m"']]))).toBe(
      '{ "a":1.0 ,"mod\\u0065l" : "m" , "big":12345678901234567890,\n"n":{"model":"z"} }',
    );
    expect(
      editJson(
        '{"strict":true,"models":[1],"a":1}',
        new Map([
          ['strict', null],
          ['models', null],
        ]),
      ),
    ).toBe('{"a":1}');
    expect(
      editJson(
        '{"a":1,"strict":true,"models":[1]}',
        new Map([
          ['strict', null],
          ['models', null],
        ]),
      ),
    ).toBe('{"a":1}');
    expect(
      editJson(
        '{"a":1,"strict":true,"b":2 }',
        new Map([
          ['strict', null],
          ['c', '3'],
        ]),
      ),
    ).toBe('{"a":1,"b":2 ,"c":3}');
  });
});
