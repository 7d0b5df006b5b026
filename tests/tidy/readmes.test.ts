import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readImports, root } from './source-files.ts';

const rooms = ['packages', 'apps', 'operators'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
);
/** Folders that need no word: what tools and tests have. */
const unnamed = new Set(['generated', 'testing', '__fixtures__']);

/** Folders of adapters: the registry of the room is the list of them. */
function registeredIn(room: string): ReadonlySet<string> {
  const path = join(root, room, 'src/registry.ts');
  if (!existsSync(path)) return new Set();
  const folders = readImports(readFileSync(path, 'utf8')).flatMap(
    (name) => /^\.\/([a-z-]+)\/index\.ts$/.exec(name)?.[1] ?? [],
  );
  return new Set(folders);
}

describe('the README of each room', () => {
  it.each(rooms)('%s names every folder of its source, and no other', (room) => {
    const path = join(root, room, 'README.md');
    expect(existsSync(path)).toBe(true);
    const text = readFileSync(path, 'utf8');
    const folders = readdirSync(join(root, room, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    const registered = registeredIn(room);
    const required = folders.filter((folder) => !unnamed.has(folder) && !registered.has(folder));
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([a-z-]+)\/`/g)].map(([, name]) => name),
    );

    expect({ room, unnamed: required.filter((folder) => !text.includes(`\`${folder}/`)) }).toEqual({
      room,
      unnamed: [],
    });
    expect({ room, gone: named.filter((name) => !folders.includes(name ?? '')) }).toEqual({ room, gone: [] });
  });
});
