import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';

const page = readFileSync(join(root, 'docs/development.md'), 'utf8');

/** Files that a section names, in its order. */
function filesOf(section: string): string[] {
  const [, text = ''] = new RegExp(`^## ${section}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, 'm').exec(page) ?? [];
  return [...text.matchAll(/`((?:apps|packages|tests|docs)\/[\w./-]+)`/g)].map(([, path = '']) => path);
}

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

describe('docs/development.md', () => {
  it.each(['A public route', 'An event consumer'])('names files that exist for "%s"', (section) => {
    const files = filesOf(section);

    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names every file that has the path of the example route', () => {
    const files = filesOf('A public route');
    for (const path of ['packages/contracts/src/api/invoice-routes.ts', 'apps/billing/src/app.ts']) {
      expect(files).toContain(path);
      expect(textOf(path)).toContain('/v1/billing/statements/');
    }
    expect(textOf('tests/world/tenant-routes.ts')).toContain('GET /v1/billing/statements/');
    expect(textOf('apps/billing/src/background/start-background.ts')).toContain('usageRecordedConsumer(');
  });
});
