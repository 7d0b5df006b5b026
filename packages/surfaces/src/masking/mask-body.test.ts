import { compilePolicy, maskOne, runMaskingJob, type TextMasker } from '@aggregator/anonymisation';
import type { PrivacyPolicy } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChatSurfaceName } from '../chat-surface.ts';
import { maskBody } from './mask-body.ts';

const policy = { mode: 'mask' as const, names: ['Anna', 'Max', 'Low', 'Auto'] };
const mask = (text: string, surface: ChatSurfaceName = 'messages', by: PrivacyPolicy = policy) =>
  maskOne(JSON.parse(text), compilePolicy(by), 'text', (masker) => maskBody(text, surface, masker)).masked;
/** Finds nothing in the letters of the property test. */
const foreign = { mode: 'mask' as const, kinds: [], names: ['Анна'] };
/** Of a file: whole words of it look like a name. */
const encoded = `Anna/Anna+${'QUJD'.repeat(1100)}/Anna==`;
const chat = 'chat.completions' as const;
const block = (fields: string) => `{"messages":[{"content":[{${fields}}]}]}`;
const item = (fields: string) => `{"input":[{${fields}}]}`;

describe('a masked body', () => {
  it('is the very same text if nothing in it is personal', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.constantFrom(0, 1, '\t'),
        (body, space) => {
          const text = JSON.stringify({ input: body }, null, space);
          expect(mask(text, 'responses', foreign)).toBe(text);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps numbers with a fraction as they are, such as a temperature', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), (temperature) => {
        const text = JSON.stringify({ temperature, top_p: temperature / 3, x: temperature });
        expect(mask(text) ?? text).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['responses', 'a text of an unknown part', '{"input":[{"type":"x","x":[ "a Anna" ]}]}'],
    ['responses', 'the name of an unknown field', '{"x":{"Anna":1.0}}'],
    ['responses', 'fields of data', '{"input":[{"type":"x","data":{"a":"Anna"},"result":["Anna"]}]}'],
    ['responses', 'the environment of a command', item('"type":"local_shell_call","action":{"env":{"name":"Anna"}}')],
    [
      'messages',
      'instructions of an edit of the context',
      '{"context_management":{"edits":[{"instructions":"Anna"}]}}',
    ],
    ['chat.completions', 'the transcript of sound', '{"messages":[{"audio":{"id":"a_1","transcript":"Anna"}}]}'],
    ['chat.completions', 'an id where there is none', block('"type":"x","id":"find_Anna_1"')],
    ['responses', 'who made an item', item('"created_by":"Anna"')],
    ['messages', 'a plain text as a source', block('"source":{"type":"text","data":"Anna"}')],
    ['messages', 'data that is no file', '{"x":[{"type":"note","data":"Anna\\ncalled"}]}'],
    ['messages', 'the input of a tool', block('"type":"tool_use","input":{"id":"Anna"}')],
    ['messages', 'the name of a tool that is not declared', block('"type":"tool_use","name":"Anna"')],
    ['chat.completions', 'fields of documents', '{"documents":[{"data":{"name":"Anna","url":"Anna","id":"Anna"}}]}'],
    ['chat.completions', 'fields of an unknown field', '{"customer":{"name":"Anna","type":"Anna","format":["Anna"]}}'],
    ['chat.completions', 'marks that are none', block('"type":"text","detail":"Anna","url":"Anna","id":"Anna"')],
    ['chat.completions', 'the name of a file', block('"type":"file","file":{"filename":"Anna"}')],
  ] as const)('of %s has a placeholder in place of %s', (surface, _name, text) => {
    expect(mask(text, surface)).toBe(text.replaceAll('Anna', '[NAME_1]'));
  });

  it.each([
    ['a long number', '{"x":4111111111111111}', '{"x":"[CARD_1]"}'],
    ['a long number with a fraction', '{"x":4111111111111111.0}', '{"x":"[CARD_1].0"}'],
    ['an account number as an id', block('"id":"DE89370400440532013000"'), block('"id":"[IBAN_1]"')],
    ['the end user', '{"user":"Anna","a":1}', '{"a":1}'],
    ['an end user with fields', '{"user":{"x":"Anna"},"safety_identifier":["Anna"],"a":1}', '{"a":1}'],
    ['metadata that is a text', '{"metadata":["Anna"],"a":1}', '{"a":1}'],
    ['an entry of metadata', '{"metadata":{"a":"Anna","b":"x"}}', '{"metadata":{"b":"x"}}'],
  ])('has another form, or nothing, in place of %s', (_name, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each([
    [
      'chat.completions',
      'ids and names of messages',
      '{"messages":[{"role":"user","name":"Anna","tool_call_id":"Anna"}]}',
    ],
    ['chat.completions', 'words that say how to answer', `{"reasoning_effort":"max","x":"y"}`],
    ['chat.completions', 'marks', block('"type":"auto","detail":"low"')],
    ['chat.completions', 'files', block(`"file":{"file_data":"${encoded}"},"image_url":{"url":"Anna"}`)],
    ['responses', 'ids and names of items', item('"type":"function_call","id":"Anna","call_id":"Anna","name":"Anna"')],
    ['responses', 'definitions', '{"tools":[{"description":"Anna"}],"text":{"format":{"schema":{"Anna":1}}}}'],
    ['responses', 'a picture that a tool made', item(`"type":"image_generation_call","result":"${encoded}"`)],
    ['responses', 'what is encrypted', item('"type":"reasoning","encrypted_content":"Anna"')],
    ['messages', 'sealed thoughts', block(`"type":"redacted_thinking","data":"${encoded.slice(0, 99)}"`)],
    [
      'chat.completions',
      'signatures of thoughts',
      '{"messages":[{"tool_calls":[{"extra_content":{"google":{"thought_signature":"Anna/+"}}}]}]}',
    ],
    ['responses', 'addresses of files', item('"content":[{"type":"input_file","file_url":"https://a/?c=b@c.co"}]')],
    ['responses', 'probabilities', item('"content":[{"logprobs":[{"logprob":-0.4111111111111111}]}]')],
    ['messages', 'names of tools that were found', block('"content":{"tool_references":[{"tool_name":"find_Anna"}]}')],
    ['messages', 'codes of errors and kinds of files', block('"content":{"error_code":"max_uses","file_type":"text"}')],
    [
      'messages',
      'settings of an edit',
      '{"context_management":{"edits":[{"type":"auto_1","exclude_tools":["Anna"]}]}}',
    ],
    ['messages', 'ids of calls that look like ids', block('"type":"tool_use","id":"toolu_Anna_1"')],
    [
      'messages',
      'the name of a tool that is declared',
      `{"tools":[{"name":"Anna"}],${block('"type":"tool_use","name":"Anna"').slice(1)}`,
    ],
    ['messages', 'pictures and files', block(`"source":{"type":"base64","data":"${encoded}"}`)],
    ['messages', 'settings', '{"container":"Anna","thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}'],
  ] as const)('of %s keeps %s', (surface, _name, text) => {
    expect(mask(text, surface)).toBe(text);
  });

  // Time that grows with the square of the length would take minutes.
  it.each(['data', 'result'])('takes one walk for a long list of %s', (name) => {
    const text = JSON.stringify({ input: [{ content: [{ [name]: Array(200_000).fill('a'), type: 'text' }] }] });
    const same: TextMasker = { maskText: (given) => given, maskJson: (given) => given, isPersonal: () => false };
    expect(maskBody(text, 'responses', same)).toBe(text);
  });

  it('does not exist if a signed thought would have to change', () => {
    expect(mask(block('"type":"thinking","thinking":"Anna","signature":"s"'))).toBeNull();
    expect(mask('{"messages":[{"reasoning_details":[{"type":"reasoning.text","text":"Anna"}]}]}', chat)).toBeNull();
    expect(mask('{"messages":[{"reasoning_details":[{"type":"x","content":[{"parts":["Anna"]}]}]}]}', chat)).toBeNull();
  });

  it('is the same where the job is done elsewhere', () => {
    const run = (json: string) =>
      runMaskingJob(structuredClone({ policy, kind: { surface: chat }, json }), (body, _surface, masker) =>
        maskBody(body, chat, masker),
      );
    const text = '{"messages":[{"role":"user","content":"Anna"},{"content":"a@b.co, Anna"}],"user":"a@b.co"}';
    expect(run(text)).toMatchObject({ json: mask(text, chat), isLocked: false });
    expect(run('{"input":"hello"}')).toMatchObject({ json: null, isLocked: false });
    expect(run('{"messages":[{"thinking":"Anna"}]}')).toMatchObject({ json: null, isLocked: true });
  });
});
