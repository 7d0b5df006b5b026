import { describe, expect, it } from '@jest/globals';
import { readSourceFiles, readTypeScript } from './source-files.ts';

const declared =
  /^export (?:abstract |async |declare )*(function\*?|const|let|class|interface|type|enum) ([A-Za-z_$][\w$]*)/gm;
const words = (text: string) => text.match(/[A-Za-z_$][\w$]*/g) ?? [];
const isRoom = /^(?:apps|packages|operators)\//;
const toRoom = (path: string) => path.split('/').slice(0, 2).join('/');

/** Types that two rooms declare under one name. The list may only shrink: one of the two gets a longer name. */
const homonyms = [
  'Actor',
  'AiRoute',
  'Answer',
  'AnswerHead',
  'ArrivingBody',
  'AuditedChange',
  'Block',
  'BlockList',
  'Caller',
  'Candidate',
  'Claim',
  'ClientTool',
  'Clock',
  'Condition',
  'Connection',
  'Credentials',
  'Database',
  'DeadLetter',
  'Decision',
  'Delivery',
  'EstimateMethod',
  'Exchange',
  'GroupRow',
  'Hold',
  'Identity',
  'JsonScan',
  'KeySightings',
  'LastChange',
  'Member',
  'ModelRow',
  'Operation',
  'Outcome',
  'Pair',
  'Period',
  'Range',
  'ReadContext',
  'Reading',
  'Refusal',
  'RefusedCorrection',
  'Sample',
  'Span',
  'Standing',
  'Transaction',
  'Turns',
  'WorkQueue',
];

describe('exports', () => {
  const files = [...readTypeScript(), ...readSourceFiles('scripts', ['.mjs'])];
  const filesOf = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    for (const word of new Set(words(text))) filesOf.set(word, (filesOf.get(word) ?? new Set()).add(path));
  }
  const exported = files
    .filter(({ path }) => !/\.test\.tsx?$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(declared)].map(([, kind = '', name = '']) => ({ path, text, kind, name })),
    );
  const isElsewhere = (name: string, path: string) => [...(filesOf.get(name) ?? [])].some((other) => other !== path);

  it('are named at least once more', () => {
    const unused = exported.filter(
      ({ path, text, name }) => !isElsewhere(name, path) && words(text).filter((word) => word === name).length === 1,
    );
    expect(unused.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });

  // Types belong to the signatures that use them. The schemas of contracts are public as a whole.
  it('of functions, classes and constants are named in another file', () => {
    const own = exported.filter(
      ({ path, kind, name }) =>
        !['interface', 'type'].includes(kind) && !path.startsWith('packages/contracts/') && !isElsewhere(name, path),
    );
    expect(own.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });

  it('of types have one room for one name', () => {
    const rooms = new Map<string, Set<string>>();
    for (const { path, kind, name } of exported) {
      if (!['interface', 'type', 'class'].includes(kind) || !isRoom.test(path)) continue;
      if (/\/(?:testing|__fixtures__)\//.test(path)) continue;
      rooms.set(name, (rooms.get(name) ?? new Set()).add(toRoom(path)));
    }
    const found = [...rooms].filter(([, each]) => each.size > 1).map(([name]) => name);
    expect(found.sort()).toEqual(homonyms);
  });
});
