import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';

const block = /^```[\s\S]*?^```$/gm;
const [english, russian] = ['README.md', 'README.ru.md'].map((name) => readFileSync(join(root, name), 'utf8')) as [
  string,
  string,
];
const proseOf = (text: string) => text.replace(block, '');
const parts: readonly (readonly [what: string, of: (text: string) => readonly string[]])[] = [
  ['blocks of code', (text) => text.match(block) ?? []],
  ['levels of headings', (text) => proseOf(text).match(/^#+/gm) ?? []],
  ['names of rooms', (text) => [...text.matchAll(/^\| \[([^\]]+)\]/gm)].map(([, name = '']) => name)],
  ['commands', (text) => text.match(/^\| `[^|]+/gm) ?? []],
];

describe('README.ru.md', () => {
  it.each(parts)('has the same %s as README.md, in the same order', (_, of) => {
    expect(of(english).length).toBeGreaterThan(2);
    expect(of(russian)).toEqual(of(english));
  });

  it('is written in Russian', () => {
    const lines = proseOf(russian)
      .split('\n')
      .filter((line) => /[A-Za-z]{3}/.test(line) && !/\p{Script=Cyrillic}/u.test(line));

    expect(lines).toEqual(['# AI Aggregator', '| `npm run lint` · `npm run typecheck` | Biome · TypeScript |']);
  });
});
