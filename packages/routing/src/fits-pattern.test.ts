import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fitsPattern } from './fits-pattern.ts';

describe('a pattern of model names', () => {
  it.each([
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['gpt-4o*', 'gpt-4o', true],
    ['*mini', 'gpt-4o-mini', true],
    ['*mini', 'gpt-4o-mini-2', false],
    ['gpt-*-mini', 'gpt-4o-mini', true],
    ['*', '', true],
    ['', 'x', false],
    ['a.c', 'abc', false],
    ['*a*b', 'aab', true],
  ])('%j fits %j: %s', (pattern, text, isFit) => {
    expect(fitsPattern(pattern, text)).toBe(isFit);
  });

  it('fits what a regular expression of the same meaning fits', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(word, text, (pattern, name) => {
        expect(fitsPattern(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
      }),
    );
  });

  it('is judged at once, however many stars it has', () => {
    expect(fitsPattern('*a'.repeat(60), 'a'.repeat(127).concat('b'))).toBe(false);
  });
});
