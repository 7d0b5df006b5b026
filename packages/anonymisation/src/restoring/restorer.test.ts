import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy } from '../compile-policy.ts';
import { maskTexts } from '../masking/mask-texts.ts';
import { cut, personalText, personalValue, policy } from '../testing/personal-values.ts';
import { createVault, type RestoreMode } from './vault.ts';

const compiled = compilePolicy(policy);
const places = fc.array(fc.nat(), { maxLength: 6 });

const restoreInPieces = (vault: ReturnType<typeof createVault>, mode: RestoreMode, pieces: readonly string[]) => {
  const restorer = vault.createRestorer(mode);
  return pieces.map((piece) => restorer.push(piece)).join('') + restorer.end();
};

describe('what was masked and is put back', () => {
  it('is the text that it was, wherever the stream is cut', () => {
    fc.assert(
      fc.property(personalText, places, (text, at) => {
        const { texts, vault } = maskTexts([text], compiled);
        expect(restoreInPieces(vault, 'text', cut(texts[0] ?? '', at))).toBe(text);
      }),
      { numRuns: 1500 },
    );
  });

  it('is the text that it was, cut at every single place', () => {
    const text = 'To: bob@example.com, Иван Петров [+7 (999) 123-45-67], [EMAIL_1] and EMAIL_2';
    const {
      texts: [masked = ''],
      vault,
    } = maskTexts([text], compiled);
    expect(masked).not.toBe(text);
    for (let first = 0; first <= masked.length; first += 1) {
      for (let second = first; second <= masked.length; second += 1) {
        const pieces = [masked.slice(0, first), masked.slice(first, second), masked.slice(second)];
        expect(restoreInPieces(vault, 'text', pieces)).toBe(text);
      }
    }
  });

  it('is the value that it was inside of JSON, however the model escapes it and wherever the stream is cut', () => {
    const escapeSome = (json: string, mask: readonly boolean[]) =>
      Array.from(json, (character, at) => {
        const isPlain = /[[\]A-Z_0-9]/.test(character);
        const code = character.charCodeAt(0).toString(16).padStart(4, '0');
        return isPlain && mask[at % mask.length] === true ? `\\u${code}` : character;
      }).join('');
    const masks = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(personalText, places, masks, (text, at, mask) => {
        const {
          texts: [masked = ''],
          vault,
        } = maskTexts([text], compiled);
        const json = `{"to":${escapeSome(JSON.stringify(masked), mask)},"n":[1,"\\\\"]}`;
        const restored: unknown = JSON.parse(restoreInPieces(vault, 'json', cut(json, at)));
        expect(restored).toEqual({ to: text, n: [1, '\\'] });
      }),
      { numRuns: 800 },
    );
  });

  it('never waits for more than the longest placeholder', () => {
    const forms = ['[CUSTOM_1]', '[custom\\_1]', 'CUSTOM_1', '[PHONE_1]', 'EMAIL\\_1'];
    const beginning = fc
      .tuple(fc.constantFrom(...forms), fc.nat())
      .map(([form, length]) => form.slice(0, length % form.length));
    const other = fc.constantFrom(
      '[',
      'E',
      'EMAIL',
      '[EMA',
      'IL_',
      ']',
      '\\',
      '_',
      'PHONE_2',
      'CARD',
      ' ',
      'x',
      '[CUSTOM_',
    );
    fc.assert(
      fc.property(fc.array(other, { maxLength: 8 }), beginning, places, (before, last, at) => {
        const { vault } = maskTexts(['bob@example.com +79991234567 ДОГ-2024/17'], compiled);
        const restorer = vault.createRestorer('text');
        const text = before.join('') + last;
        const given = cut(text, at)
          .map((piece) => restorer.push(piece))
          .join('');
        expect(text.startsWith(given)).toBe(true);
        expect(text.length - given.length).toBeLessThanOrEqual('[CUSTOM_1]'.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('holds nothing back if nothing can become a placeholder, and nothing at all if nothing was masked', () => {
    const { vault } = maskTexts(['bob@example.com'], compiled);
    const restorer = vault.createRestorer('text');
    expect(restorer.push('Hello [Ivan], EMAILS and [PHONE_')).toBe('Hello [Ivan], EMAILS and [PHONE_');
    expect(restorer.push('Dear [E')).toBe('Dear ');
    expect(restorer.push('x')).toBe('[Ex');
    expect(maskTexts(['nothing'], compiled).vault.createRestorer('json').push('\\u005')).toBe('\\u005');
  });
});

describe('a placeholder that a model got wrong', () => {
  const vault = createVault(
    new Map([
      ['EMAIL_1', 'bob@example.com'],
      ['NAME_12', 'A "B"'],
    ]),
    'text',
  );

  it.each([
    ['[email_1]', 'bob@example.com'],
    ['**[Email_1]**', '**bob@example.com**'],
    ['[EMAIL\\_1]', 'bob@example.com'],
    ['EMAIL_1, please', 'bob@example.com, please'],
    ['(EMAIL_1)', '(bob@example.com)'],
    ['[EMAIL_1, NAME_12]', '[bob@example.com, A "B"]'],
    ['[EMAIL_1', '[bob@example.com'],
    ['[[EMAIL_1]]', '[bob@example.com]'],
  ])('is understood as %j', (text, restored) => {
    expect(vault.restore(text)).toBe(restored);
  });

  it.each([
    'EMAIL_2',
    '[EMAIL_12]',
    '[EMAIL_01]',
    'EMAIL_10',
    'MY_EMAIL_1',
    'EMAIL_1x',
    'email_1',
    'row[email_1]',
    '[NAME_1]',
    '[EMAIL-1]',
    '[EMAIL_]',
  ])('is left alone if it may mean something else: %j', (text) => {
    expect(vault.restore(text)).toBe(text);
  });

  it('does not break the JSON around it', () => {
    const restored = vault.restore('{"a":"\\nNAME_12","b":"\\\\u005bNAME_12]","c":"[NAME\\\\_12]"}', 'json');
    expect(JSON.parse(restored)).toEqual({ a: '\nA "B"', b: '\\u005bNAME_12]', c: 'A "B"' });
    expect(vault.restore('"\\uZ[EMAIL_1]"', 'json')).toBe('"\\uZbob@example.com"');
  });
});

describe('what is masked', () => {
  it('is nowhere in the text any more', () => {
    fc.assert(
      fc.property(fc.array(personalValue, { minLength: 1, maxLength: 6 }), (values) => {
        const { texts } = maskTexts(
          values.map((value) => `<${value}> ${values.join('; ')}.`),
          compiled,
        );
        for (const text of texts) {
          for (const value of values) expect(text).not.toContain(value);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('stays as it is when it is masked again', () => {
    fc.assert(
      fc.property(personalText, (text) => {
        const { texts } = maskTexts([text], compiled);
        const again = maskTexts(texts, compiled);
        expect(again.texts).toEqual(texts);
        expect(again.vault.isEmpty).toBe(true);
      }),
      { numRuns: 800 },
    );
  });

  it('is all that there is, also what only stands alone once its neighbour is masked', () => {
    expect(maskTexts(['+79991234567Ann'], compiled).texts).toEqual(['[PHONE_1][NAME_1]']);
  });

  it('has the same placeholder at every place, and another one if it is another value', () => {
    const { texts } = maskTexts(
      ['bob@example.com ann@example.com', 'from ann@example.com', 'Bob@example.com'],
      compiled,
    );
    expect(texts).toEqual(['[EMAIL_1] [EMAIL_2]', 'from [EMAIL_2]', '[EMAIL_3]']);
  });

  it('takes no number that the text itself says, in any form', () => {
    const { texts } = maskTexts(['bob@example.com', 'is not [EMAIL_1] nor email_2 nor \\u0045MAIL_3'], compiled);
    expect(texts[0]).toBe('[EMAIL_4]');
  });

  it('is found if JSON was pasted into the text, in ASCII, too', () => {
    const pasted = JSON.stringify({ n: 'Иван Петров', t: 'line\nbob@example.com', o: 'O"Neil & Сыновья' });
    const ascii = pasted.replaceAll(
      /[^\u0020-\u007e]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const { texts, vault } = maskTexts([`Result: ${ascii}`, pasted], compiled);
    expect(texts).toEqual([
      'Result: {"n":"[NAME_1]","t":"line\\n[EMAIL_1]","o":"[NAME_2]"}',
      '{"n":"[NAME_1]","t":"line\\n[EMAIL_1]","o":"[NAME_2]"}',
    ]);
    expect(vault.restore(texts[1] ?? '')).toBe(pasted);
  });
});
