import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readImports, root } from '../tidy/source-files.ts';

const page = readFileSync(join(root, 'docs/development.md'), 'utf8');
/** Most files of each walk, in the order of the page. */
const filesMax = [40, 20, 35];
const walks = [...page.matchAll(/^## Walk \d: (.+)\n\n(\d+) files\.\n\n([\s\S]*?)(?=^## )/gm)].map(
  ([, name = '', count = '', table = '']) => ({
    name,
    count: Number(count),
    files: [...table.matchAll(/`((?:apps|packages|operators)\/[^`]+)`/g)].map(([, path = '']) => path),
  }),
);

/** `apps/proxy` of `apps/proxy/src/app.ts`. */
const roomOf = (path: string) => path.split('/').slice(0, 2).join('/');

/** True if the file imports the other one, or the package that it is in. */
function leadsTo(from: string, to: string): boolean {
  const packageName = roomOf(to).replace(/^packages\//, '@aggregator/');
  return readImports(readFileSync(join(root, from), 'utf8')).some((target) =>
    target.startsWith('.') ? join(from, '..', target) === to : target === packageName,
  );
}

describe('the walks of docs/development.md', () => {
  it('are three, with the number of their files', () => {
    expect(walks.map(({ count }) => count)).toEqual(walks.map(({ files }) => new Set(files).size));
    expect(walks).toHaveLength(filesMax.length);
  });

  it.each(walks.map((walk, index) => [walk.name, walk, filesMax[index] ?? 0] as const))(
    '%s needs few enough files, each of which exists',
    (_, { count, files }, max) => {
      expect(count).toBeLessThanOrEqual(max);
      expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    },
  );

  it.each(walks.map((walk) => [walk.name, walk] as const))('%s leads from each file to another', (_, { files }) => {
    // The first file of a process is reached by a request or an event.
    const entries = new Set([...Map.groupBy(files, roomOf).values()].map(([first]) => first));
    const lost = files.filter(
      (path) => !entries.has(path) && !files.some((from) => from !== path && leadsTo(from, path)),
    );

    expect(lost).toEqual([]);
  });
});
