import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';
import { guards } from './guards.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the list of guards', () => {
  it.each(guards.map((guard) => [guard.promise, guard] as const))(
    '%s: names a text and a test that exist',
    (_, guard) => {
      expect(read(guard.path).split(guard.guard)).toHaveLength(2);
      expect(read(guard.test.path)).toContain(guard.test.name);
    },
  );

  it('has a guard for every promise', () => {
    const promises = [...read('docs/promises.md').matchAll(/^## (I\d+):/gm)].map(([, id]) => id);
    const listed = new Set<string>(guards.map(({ promise }) => promise));
    expect(promises.filter((id) => !listed.has(id ?? ''))).toEqual([]);
  });
});
