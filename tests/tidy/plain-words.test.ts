import { describe, expect, it } from '@jest/globals';
import { readSourceFiles } from './source-files.ts';

/**
 * Words that a reader who is not a native speaker must read twice, each with what to write instead. Quotes of a vendor are in
 * fixtures, which are not read.
 */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\b(?:tells?|told)\b/i, 'log, report, return, respond, notify, warn, send'],
  [/\b(?:nobody|somebody|anybody)\b/i, 'the actor: "no proxy", "another client"'],
  [/\b(?:whoever|whatever)\b/i, 'the actor: "the caller that", "every client that"'],
  [/\banew\b/i, 'again; rebuild, restart, rewrite'],
  [/\bof (?:its own|ours|one's own)\b/i, 'own, our, separate, private'],
  [/\bgoe?s? on\b/i, 'continue, resume'],
  [/\bcomes? to\b/i, 'result in, equal, become'],
  [/^\s*(?:\/\*\*|\*) Answers\b(?! to)/, 'Returns'],
];
const extensions = ['.ts', '.tsx', '.md', '.yaml', '.tpl'];

/** Lines that may still have such a word, by room. A number here may only shrink. */
const left: Readonly<Record<string, number>> = {
  'apps/api-gateway': 1,
  'apps/auth': 3,
  'apps/billing': 2,
  'apps/proxy': 6,
  k8s: 1,
  'operators/provider-operator': 2,
  'packages/embedded-postgres': 2,
  'packages/fake-providers': 3,
  'packages/service-kit': 1,
  'packages/surfaces': 16,
  'packages/testing': 1,
  tests: 5,
};

const roots = ['apps', 'packages', 'operators', 'charts', 'docs', 'scripts', 'tests', 'k8s', 'prisma'];

describe('words', () => {
  const files = roots
    .flatMap((folder) => readSourceFiles(folder, extensions))
    .filter(({ path }) => !/__fixtures__|\/generated\/|plain-words\.test/.test(path));
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
    const isWithin = lines.length <= (left[room] ?? 0);
    expect(isWithin ? [] : lines).toEqual([]);
  });
});
