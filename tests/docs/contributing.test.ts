import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { judgeCommit } from '../../scripts/judge-commit.ts';
import { root } from '../tidy/source-files.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const body = '\n\nBefore: a.\n\nNow: b.\n\nSeen: c.\n';

describe('a commit message', () => {
  it('is accepted with a short subject and the three paragraphs', () => {
    expect(judgeCommit(`fix(billing): return leases in time${body}`)).toEqual([]);
    expect(judgeCommit(`refactor: break circles of imports${body}`)).toEqual([]);
  });

  it.each([
    ['a subject of 73 characters', `fix(billing): ${'x'.repeat(59)}${body}`, 1],
    ['another type', `wip: return leases${body}`, 1],
    ['a full stop', `fix(billing): return leases.${body}`, 1],
    ['no body', 'fix(billing): return leases', 3],
  ])('is rejected for %s', (_name, message, faults) => {
    expect(judgeCommit(message)).toHaveLength(faults);
  });

  it('is checked by the command that CONTRIBUTING.md names', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', 'scripts/check-commits.ts', 'HEAD..HEAD'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: '0 commits, 0 faults\n' });
  });
});

describe('pages for contributors', () => {
  const pages = ['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/development.md'];

  it.each(pages)('%s links only to what exists', (page) => {
    const named = [...read(page).matchAll(/\]\(((?!https?:)[^)#]+)\)/g)].map((match) =>
      join(page, '..', match[1] ?? ''),
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('name only npm scripts that exist', () => {
    const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
    const texts = [...pages, '.github/workflows/checks.yaml'].map(read).join('\n');
    const named = [...texts.matchAll(/npm run (?:--silent )?([a-z][a-z0-9:-]*)/g)].map((match) => match[1] ?? '');

    expect(named.length).toBeGreaterThan(8);
    expect([...new Set(named)].filter((name) => !scripts.includes(name))).toEqual([]);
  });
});

describe('docs/words.md', () => {
  const terms = [...read('docs/words.md').matchAll(/^\| ([a-zA-Z -]+) \| (.+?) \|/gm)]
    .map((match) => match[1] ?? '')
    .filter((term) => term !== 'term');

  it('has at most 60 terms, each once', () => {
    expect(terms.length).toBeGreaterThan(40);
    expect(terms.length).toBeLessThanOrEqual(60);
    expect(new Set(terms).size).toBe(terms.length);
  });
});
