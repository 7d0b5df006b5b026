import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { root } from '../tidy/source-files.ts';

const folder = join(root, 'apps/dashboard/dist');
const manifest = z
  .record(
    z.string(),
    z.object({
      file: z.string(),
      isEntry: z.boolean().optional(),
      imports: z.array(z.string()).optional(),
      dynamicImports: z.array(z.string()).optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
const firstLoadMax = 200_000;

/** Script files that a chunk needs, itself included. */
function listNeeded(names: readonly string[], seen = new Set<string>()): Set<string> {
  for (const name of names) {
    const chunk = manifest[name];
    if (chunk === undefined || seen.has(name)) continue;
    seen.add(name);
    listNeeded(chunk.imports ?? [], seen);
  }
  return seen;
}
const sizeOf = (names: Iterable<string>) =>
  [...names]
    .map((name) => manifest[name]?.file ?? '')
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);

describe('the pages as they are built', () => {
  const entries = Object.keys(manifest).filter((name) => manifest[name]?.isEntry === true);

  it('load at most 200 kB of compressed script at first, on every page', () => {
    const pages = entries.flatMap((name) => manifest[name]?.dynamicImports ?? []);
    const sizes = pages.map((page) => [page, sizeOf(listNeeded([...entries, page]))] as const);

    expect(pages.length).toBeGreaterThan(5);
    expect(sizes.filter(([, size]) => size > firstLoadMax)).toEqual([]);
  });

  it('hold nothing inline, so that the content-security policy can be strict', () => {
    const document = readFileSync(join(folder, 'index.html'), 'utf8');

    expect(document).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?:\/\//);
  });
});
