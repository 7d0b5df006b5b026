import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isTest, readImports, readSourceFiles, root } from './source-files.ts';

const sources = 'apps/proxy/src';
/** Folders in the order of the life of a request. An import goes to a later one, or stays in its folder. */
const order = ['routes', 'requests', 'answers', 'attempts', 'money', 'remembered', 'reports', 'snapshot', 'upstream'];

/** Files that compose the context, or start what serves with it. */
const roots = ['app', 'context', 'index', 'proxy-context', 'start-tasks'].map((name) => `${sources}/${name}.ts`);
/** Everything but an import, `Pick<ProxyContext, …>` and the type of one part. */
const wholeContext = /(?<!Pick<\s*|import type \{ )\bProxyContext\b(?!\[)/g;

const folderOf = (path: string) => {
  const [folder = '', inside] = path.slice(`${sources}/`.length).split('/');
  return inside === undefined ? '' : folder;
};

describe('the layout of the proxy', () => {
  it('has at most 10 folders, in the order of the life of a request', () => {
    const folders = readdirSync(join(root, sources), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);

    expect(folders.sort()).toEqual([...order, 'testing'].sort());
    expect(folders.length).toBeLessThanOrEqual(10);
  });

  it('imports no earlier folder', () => {
    const upward = readSourceFiles(sources, ['.ts'])
      .filter(({ path }) => !path.endsWith('.test.ts') && order.includes(folderOf(path)))
      .flatMap(({ path, text }) => {
        const from = order.indexOf(folderOf(path));
        const targets = readImports(text).filter((name) => name.startsWith('.'));
        const folders = targets.map((target) => folderOf(join(path, '..', target)));
        return folders.filter((to) => order.includes(to) && order.indexOf(to) < from).map((to) => `${path} → ${to}`);
      });

    expect(upward).toEqual([]);
  });

  it('passes the whole context to the routes alone', () => {
    const wholes = readSourceFiles(sources, ['.ts'])
      .filter(({ path }) => !isTest(path) && folderOf(path) !== 'routes' && !roots.includes(path))
      .flatMap(({ path, text }) => [...text.matchAll(wholeContext)].map(() => path));

    expect(wholes).toEqual([]);
  });
});
