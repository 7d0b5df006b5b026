import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSourceFiles, root } from './source-files.ts';

/**
 * Words that a reader who is not a native speaker must read twice, each with what to write instead. Quotes of a vendor are in
 * fixtures, which are not read.
 */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\b(?:tells?|told)\b/i, 'log, report, return, respond, notify, warn, send'],
  // In quotes it is the user of an operating system.
  [/\b(?:somebody|anybody)\b|(?<!['"`])\bnobody\b/i, 'the actor: "no proxy", "another client"'],
  [/\b(?:whoever|whatever)\b/i, 'the actor: "the caller that", "every client that"'],
  [/\banew\b/i, 'again; rebuild, restart, rewrite'],
  [/\bof (?:its own|ours|one's own)\b/i, 'own, our, separate, private'],
  [/\bgoe?s? on\b/i, 'continue, resume'],
  [/\bcomes? to\b/i, 'result in, equal, become'],
  [/^\s*(?:\/\*\*|\*) [Aa]nswers\b/, 'Returns'],
];
const extensions = ['.ts', '.tsx', '.md', '.yaml', '.tpl'];

const roots = ['apps', 'packages', 'operators', 'charts', 'docs', 'scripts', 'tests', 'k8s', 'prisma'];

describe('words', () => {
  const pages = readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const files = [...pages, ...roots.flatMap((folder) => readSourceFiles(folder, extensions))].filter(
    ({ path }) => !/__fixtures__|\/generated\/|plain-words\.test/.test(path),
  );
  const toRoom = (path: string) =>
    path
      .split('/')
      .slice(0, /^(?:apps|packages|operators)\//.test(path) ? 2 : 1)
      .join('/');
  const found = files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const word = banned.find(([pattern]) => pattern.test(line));
      return word === undefined
        ? []
        : [{ room: toRoom(path), line: `${path}:${index + 1}: ${line.trim()} → ${word[1]}` }];
    }),
  );

  it.each([...new Set(files.map(({ path }) => toRoom(path)))])('of %s are plain', (room) => {
    const lines = found.filter((each) => each.room === room).map(({ line }) => line);
    expect(lines).toEqual([]);
  });

  /** Patterns that a reader must read twice, and the most lines that may have them. A number may only shrink. */
  it.each([
    ['stand for what is, is stored or is listed', /\b(?:stands?|stood)\b/i, 130],
    ['begin a comment with Whether', /^\s*(?:\/\*\*|\*) Whether\b/, 20],
    ['begin a comment with What, Who, How or Where', /^\s*(?:\/\*\*|\/\/) (?:What|Who|How|Where)\b/, 790],
  ])('do not %s more often than before', (_pattern, pattern, most) => {
    const lines = files.flatMap(({ text }) => text.split('\n').filter((line) => pattern.test(line)));
    expect(lines.length).toBeLessThanOrEqual(most);
  });
});
