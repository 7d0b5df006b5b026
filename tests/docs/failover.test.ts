import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';

const page = readFileSync(join(root, 'docs/routing.md'), 'utf8');
const suite = readFileSync(join(root, 'apps/proxy/src/attempts/failover.test.ts'), 'utf8');
/** Number of a fault, and the name of its test, from the last cell of its row. */
const rows = [...page.matchAll(/^\| (\d+) \|.*\| `([^`]+)` \|$/gm)].map(([, number, name = '']) => ({
  number: Number(number),
  name,
}));
/** Names of tests and groups that begin with the number of a fault, or of two. */
const names = [...suite.matchAll(/'((\d+)(?: and (\d+))?: [^']+)'/g)].map(([, name = '', ...numbers]) => ({
  name,
  numbers: numbers.filter((number) => number !== undefined).map(Number),
}));

describe('the table of faults in docs/routing.md', () => {
  it('has the sixteen faults in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  });

  it('names for each fault a test that exists and carries its number', () => {
    const found = (row: (typeof rows)[number]) =>
      names.some(({ name, numbers }) => name === row.name && numbers.includes(row.number));

    expect(rows.filter((row) => !found(row))).toEqual([]);
  });

  it('has every fault whose number a test carries', () => {
    const carried = new Set(names.flatMap(({ numbers }) => numbers));

    expect([...carried].sort((left, right) => left - right)).toEqual(rows.map(({ number }) => number));
  });
});
