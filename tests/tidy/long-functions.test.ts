import { describe, expect, it } from '@jest/globals';
import { findLong } from './find-long-functions.ts';
import { readTypeScript } from './source-files.ts';

/** Groups of tests over 70 lines. May only shrink. */
const longGroupsMax = 300;

let kept: ReturnType<typeof findLong>[] | undefined;
const found = () => (kept ??= readTypeScript().map(({ path, text }) => findLong(path, text)));
const findFunctions = (path: string, text: string) => findLong(path, text).functions;

const lines = (count: number) => 'x();\n'.repeat(count);

describe('functions', () => {
  it('are found when they have more than 70 lines, with the line that they begin at', () => {
    const text = `// ü\nfunction long() {\n${lines(69)}}\nconst short = () => {\n${lines(68)}};\n`;
    expect(findFunctions('one.ts', text)).toEqual(['one.ts:2: 71']);
  });

  it('are found inside a group of tests, which is none itself', () => {
    const group = (body: string) => `describe('a', () => {\n${body}});\ndescribe.each([1])('b', () => {\n${body}});\n`;
    expect(findFunctions('a.ts', group(lines(80)))).toEqual([]);
    expect(findFunctions('a.ts', `function suite() {\n${group(lines(80))}}\n`)).toEqual([]);
    expect(findFunctions('a.ts', group(`it('c', () => {\n${lines(70)}});\n`))).toEqual(['a.ts:2: 72', 'a.ts:76: 72']);
  });

  it('have at most 70 lines', () => {
    expect(found().flatMap(({ functions }) => functions)).toEqual([]);
  });

  it('are in groups of tests that do not become longer', () => {
    const group = (count: number) => `describe('a', () => {\n${lines(count)}});\n`;
    expect(findLong('a.ts', group(69) + group(68)).groups).toEqual(['a.ts:1: 71']);
    expect(found().flatMap(({ groups }) => groups).length).toBeLessThanOrEqual(longGroupsMax);
  });
});
