import { compilePolicy, maskOne, runMaskingJob } from '@aggregator/anonymisation';
import type { PrivacyPolicy } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskBody } from './mask-body.ts';

const policy = { mode: 'mask' as const, names: ['Anna'] };
const mask = (text: string, by: PrivacyPolicy = policy) =>
  maskOne(JSON.parse(text), compilePolicy(by), 'text', (masker) => maskBody(text, masker)).masked;
/** Finds nothing in the letters of the property test. */
const foreign = { mode: 'mask' as const, kinds: [], names: ['Анна'] };
/** Of a file: whole words of it look like a name. */
const encoded = `Anna/Anna+${'QUJD'.repeat(20)}/Anna==`;

describe('a masked body', () => {
  it('is the very same text if nothing in it is personal', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.constantFrom(0, 1, '\t'),
        (body, space) => {
          const text = JSON.stringify({ input: body }, null, space);
          expect(mask(text, foreign)).toBe(text);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps numbers with a fraction as they are, such as a temperature', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), (temperature) => {
        const text = JSON.stringify({ temperature, top_p: temperature / 3, input: 'a' });
        expect(mask(text) ?? text).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [
      'a text of an unknown part',
      '{"input":[{"type":"x","x":[ "a Anna" ]}]}',
      '{"input":[{"type":"x","x":[ "a [NAME_1]" ]}]}',
    ],
    ['the name of an unknown field', '{"x":{"Anna":1.0}}', '{"x":{"[NAME_1]":1.0}}'],
    ['a long number', '{"x":4111111111111111}', '{"x":"[CARD_1]"}'],
    ['a long number with a fraction', '{"x":4111111111111111.0}', '{"x":"[CARD_1].0"}'],
    [
      'a plain text as a source',
      '{"source":{"type":"text","data":"Anna"}}',
      '{"source":{"type":"text","data":"[NAME_1]"}}',
    ],
    [
      'fields of data',
      '{"input":[{"type":"x","data":{"a":"Anna"},"result":["Anna"]}]}',
      '{"input":[{"type":"x","data":{"a":"[NAME_1]"},"result":["[NAME_1]"]}]}',
    ],
    [
      'data that is no file',
      '{"x":[{"type":"note","data":"Anna\\ncalled"}]}',
      '{"x":[{"type":"note","data":"[NAME_1]\\ncalled"}]}',
    ],
    [
      'a name or a status that has fields',
      '{"x":{"name":{"a":"Anna"},"status":{"a":"Anna"}}}',
      '{"x":{"name":{"a":"[NAME_1]"},"status":{"a":"[NAME_1]"}}}',
    ],
    ['the end user', '{"user":"Anna","a":1}', '{"a":1}'],
    ['an end user with fields', '{"user":{"x":"Anna"},"safety_identifier":["Anna"],"a":1}', '{"a":1}'],
    ['metadata that is a text', '{"metadata":["Anna"],"a":1}', '{"a":1}'],
    ['an entry of metadata', '{"metadata":{"a":"Anna","b":"x"}}', '{"metadata":{"b":"x"}}'],
    [
      'the input of a tool',
      '{"content":[{"type":"tool_use","input":{"id":"Anna"}}]}',
      '{"content":[{"type":"tool_use","input":{"id":"[NAME_1]"}}]}',
    ],
  ])('has a placeholder, or nothing, in place of %s', (_name, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each([
    ['ids, roles and names', '{"messages":[{"role":"user","name":"Anna","id":"Anna","tool_call_id":"Anna"}]}'],
    ['definitions of tools and schemas', '{"tools":[{"description":"Anna"}],"text":{"format":{"schema":{"Anna":1}}}}'],
    [
      'pictures, sound and files',
      `{"source":{"type":"base64","data":"${encoded}"},"image_url":"Anna","file_data":"Anna"}`,
    ],
    ['a picture that a tool made', `{"input":[{"type":"image_generation_call","result":"${encoded}"}]}`],
    ['what is encrypted', '{"input":[{"type":"reasoning","encrypted_content":"Anna"}]}'],
  ])('keeps %s', (_name, text) => {
    expect(mask(text)).toBe(text);
  });

  // Time that grows with the square of the length would take minutes.
  it.each(['data', 'result'])('takes one walk for a long list of %s', (name) => {
    const text = JSON.stringify({ x: { [name]: Array(200_000).fill('a'), type: 'text' } });
    expect(maskBody(text, { maskText: (same) => same, maskJson: (same) => same, isPersonal: () => false })).toBe(text);
  });

  it('does not exist if a signed thought would have to change', () => {
    expect(mask('{"content":[{"type":"thinking","thinking":"Anna","signature":"s"}]}')).toBeNull();
    expect(mask('{"reasoning_details":[{"type":"reasoning.text","text":"Anna"}]}')).toBeNull();
    expect(mask('{"thinking":{"type":"adaptive"}}')).toBe('{"thinking":{"type":"adaptive"}}');
  });

  it('is the same where the job is done elsewhere', () => {
    const run = (json: string) => runMaskingJob(structuredClone({ policy, kind: 'body' as const, json }), maskBody);
    const text = '{"messages":[{"role":"user","content":"Anna"},{"content":"a@b.co, Anna"}],"user":"a@b.co"}';
    expect(run(text)).toMatchObject({ json: mask(text), isLocked: false });
    expect(run('{"input":"hello"}')).toMatchObject({ json: null, isLocked: false });
    expect(run('{"thinking":"Anna"}')).toMatchObject({ json: null, isLocked: true });
  });
});
