import { describe, expect, it } from '@jest/globals';
import { readPage } from '../agents/read-page.ts';
import { readSourceFiles } from '../tidy/source-files.ts';

const index = readSourceFiles('docs/clients', ['README.md'])[0]?.text ?? '';
const pages = readSourceFiles('docs/clients', ['.md']).filter(({ path }) => !path.endsWith('README.md'));
const names = pages.map(({ path }) => path.replace(/^.*\/|\.md$/g, ''));
const clients = readSourceFiles('tests/agents/clients', ['.ts']);

describe('docs/clients', () => {
  it.each(names)('%s has the blocks that its test runs, and a model that they hold', (name) => {
    const page = readPage(name);

    expect(page.script).toContain('$TASK');
    expect(page.script + Object.values(page.files).join('')).toContain(page.model);
    expect(index).toMatch(new RegExp(`\\(${name}\\.md\\) \\|.*\\| ${page.package.version.replaceAll('.', '\\.')} \\|`));
  });

  it('has a test for each page', () => {
    const tested = clients.flatMap(({ text }) => /page: '([a-z-]+)'/.exec(text)?.[1] ?? []);

    expect(tested.sort()).toEqual([...names].sort());
  });
});
