import { describe, expect, it } from '@jest/globals';
import { findLongFunctions } from './find-long-functions.ts';
import { readTypeScript } from './source-files.ts';

const lines = (count: number) => 'x();\n'.repeat(count);

describe('functions', () => {
  it('are found when they have more than 70 lines, with the line that they begin at', () => {
    const text = `// ü\nfunction long() {\n${lines(69)}}\nconst short = () => {\n${lines(68)}};\n`;
    expect(findLongFunctions('one.ts', text)).toEqual(['one.ts:2: 71']);
  });

  it('are found inside a group of tests, which is none itself', () => {
    const group = (body: string) => `describe('a', () => {\n${body}});\ndescribe.each([1])('b', () => {\n${body}});\n`;
    expect(findLongFunctions('a.ts', group(lines(80)))).toEqual([]);
    expect(findLongFunctions('a.ts', `function suite() {\n${group(lines(80))}}\n`)).toEqual([]);
    expect(findLongFunctions('a.ts', group(`it('c', () => {\n${lines(70)}});\n`))).toEqual([
      'a.ts:2: 72',
      'a.ts:76: 72',
    ]);
  });

  it('have at most 70 lines', () => {
    expect(readTypeScript().flatMap(({ path, text }) => findLongFunctions(path, text))).toEqual([]);
  });
});
