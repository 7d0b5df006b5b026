import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isTest, readTypeScript, root } from '../tidy/source-files.ts';

const page = readFileSync(join(root, 'docs/promises.md'), 'utf8');
/** Number of a promise, its text and its tests. */
const promises = [...page.matchAll(/^## (I\d+): (.+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/gm)].map((match) => ({
  id: match[1] ?? '',
  tests: [...(match[3] ?? '').matchAll(/^- `([^`]+)`: (.+)$/gm)].map((row) => ({
    path: row[1] ?? '',
    name: row[2] ?? '',
  })),
}));
const numbers = /\((I\d+(?:, I\d+)*)\)|'(I\d+(?:, I\d+)*):/g;

describe('docs/promises.md', () => {
  it('lists the promises I1 to I24 in order, each with a test', () => {
    expect(promises.map(({ id }) => id)).toEqual(Array.from({ length: 24 }, (_, index) => `I${index + 1}`));
    expect(promises.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('names tests that exist and carry the number of their promise', () => {
    const faults = promises.flatMap(({ id, tests }) =>
      tests.filter(({ path, name }) => !hasTest(path, name, id)).map(({ path, name }) => `${id} ${path}: ${name}`),
    );

    expect(faults).toEqual([]);
  });

  it('has every promise whose number a test carries', () => {
    const known = new Set(promises.map(({ id }) => id));
    const carried = readTypeScript()
      .filter(({ path }) => isTest(path))
      .flatMap(({ text }) => [...text.matchAll(numbers)].flatMap((match) => (match[1] ?? match[2] ?? '').split(', ')));

    expect(new Set(carried).size).toBeGreaterThan(20);
    expect([...new Set(carried)].filter((id) => !known.has(id))).toEqual([]);
  });
});

function hasTest(path: string, name: string, id: string): boolean {
  if (!existsSync(join(root, path))) return false;
  const lines = readFileSync(join(root, path), 'utf8').replaceAll("\\'", "'").split('\n');
  return lines.some((line) => line.includes(name) && new RegExp(`\\b${id}\\b`).test(line));
}
