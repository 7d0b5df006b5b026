import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readPrivacyPattern } from './privacy-pattern.ts';
import { privacyPolicy } from './privacy-policy.ts';

const accepts = (policy: unknown) => privacyPolicy.safeParse(policy).success;

/** CPU time of this process, in milliseconds: other processes on a busy machine do not add to it. */
function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

describe('a privacy policy', () => {
  it('may name kinds, words and patterns', () => {
    const policy = {
      mode: 'mask',
      kinds: ['email', 'phone'],
      names: ['Иван Петров', 'ООО "Ромашка"'],
      patterns: ['ДОГ-\\d{4}/\\d{2,4}', '[A-Z]{2}\\d{6}'],
    };
    expect(privacyPolicy.parse(policy)).toEqual(policy);
    expect(accepts({ mode: 'off' })).toBe(true);
  });

  it.each([
    ['an unknown field', { mode: 'mask', kind: ['email'] }],
    ['an unknown kind', { mode: 'mask', kinds: ['secrets'] }],
    ['an unknown mode', { mode: 'on' }],
    ['a name of one character', { mode: 'mask', names: [' я '] }],
    ['a name without a letter', { mode: 'mask', names: ['--'] }],
    ['201 names', { mode: 'mask', names: Array.from({ length: 201 }, () => 'ab') }],
    ['21 patterns', { mode: 'mask', patterns: Array.from({ length: 21 }, () => 'abcd') }],
    ['more than fits into a header', { mode: 'mask', names: Array.from({ length: 100 }, () => 'ы'.repeat(60)) }],
  ])('is refused with %s', (_name, policy) => {
    expect(accepts(policy)).toBe(false);
  });
});

describe('a privacy pattern', () => {
  const sourceOf = (pattern: string) => {
    const reading = readPrivacyPattern(pattern);
    if ('fault' in reading) throw new Error(reading.fault);
    return new RegExp(`^${reading.elements.map(({ source, min, max }) => `${source}{${min},${max}}`).join('')}$`, 'u');
  };

  it.each([
    ['ДОГ-\\d{4}/\\d{2,4}', ['ДОГ-2024/17', 'ДОГ-0000/1234'], ['дог-2024/17', 'ДОГ-2024/1', 'ДОГ-2024/12345']],
    ['[A-Z\\d]{4}-?\\w{2,3}', ['AB12-яя1', 'AB12XYZ'], ['ab12-xyz', 'AB12--xx']],
    ['\\[\\d{3}\\]\\.', ['[123].'], ['123.', '[123]x']],
    ['[а-яё-]{4}', ['а-яё'], ['АБВГ']],
    ['🙂{4}', ['🙂🙂🙂🙂'], ['🙂🙂🙂']],
  ])('%s means what it says', (pattern, matching, others) => {
    const regex = sourceOf(pattern);
    expect(matching.filter((text) => !regex.test(text))).toEqual([]);
    expect(others.filter((text) => regex.test(text))).toEqual([]);
  });

  it.each([
    ['(a+)+bbbb', 'not understood'],
    ['a*bbbb', 'not understood'],
    ['.{10}', 'not understood'],
    ['abcd|efgh', 'not understood'],
    ['^abcd$', 'not understood'],
    ['[^a]{5}', 'not understood'],
    ['\\s{4}', 'not understood'],
    ['abc', 'fewer than 4'],
    ['[a-z]{4', 'not understood'],
    ['[z-a]{4}', 'backwards'],
    ['a{5,4}', 'repeats'],
    ['a{65}', 'repeats'],
    ['a{64}b{64}c{64}d{64}e', 'more than 256'],
    ['a'.repeat(129), 'more than 128'],
  ])('%s is refused', (pattern, fault) => {
    expect(readPrivacyPattern(pattern)).toEqual({ fault: expect.stringContaining(fault) });
  });

  it.each([
    '\\d{1,64}\\d{1,64}\\d{1,64}X',
    '\\w{1,9}[a-z]{4}',
    '[一-龥]{1,9}[丁-龥]{4}',
    '\\w{1,9}[à-ý]{4}',
    'a?b?a{4}',
    '\\d?-?\\d{4}',
  ])('%s is refused, because it could be read in two ways', (pattern) => {
    expect(readPrivacyPattern(pattern)).toEqual({ fault: expect.stringContaining('two ways') });
  });

  it('is searched in a moment, however hard a text is made for it', () => {
    const piece = fc.constantFrom(
      '\\d{1,64}',
      '\\w{1,64}',
      '[A-F]{1,64}',
      '-',
      'x?',
      '[a-c]{2,64}',
      '/',
      '_?',
      'Ж{1,9}',
    );
    const text = fc.array(fc.constantFrom('1', 'A', 'a', '-', '/', 'Ж', '_', 'x'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 2, maxLength: 6 }), text, (pieces, unit) => {
        const reading = readPrivacyPattern(pieces.join(''));
        if ('fault' in reading) return;
        const source = reading.elements.map((one) => `${one.source}{${one.min},${one.max}}`).join('');
        const text = unit.join('').repeat(20_000);
        const startMs = readCpuMs();
        text.match(new RegExp(`${source}!`, 'gu'));
        expect(readCpuMs() - startMs).toBeLessThan(5000);
      }),
      { numRuns: 100 },
    );
  });
});
