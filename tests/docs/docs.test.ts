import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCatalogue } from '@aggregator/contracts';
import { findUnknownNames } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { readSourceFiles, root } from '../tidy/source-files.ts';
import { configurationDocs, environmentExample, variableTables } from './configuration-docs.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('docs', () => {
  it('configuration.md lists exactly what the services read (npm run docs:configuration writes it)', () => {
    expect(read('docs/configuration.md')).toBe(configurationDocs());
  });

  it('.env.example lists what the services read (npm run docs:configuration writes it)', () => {
    expect(read('.env.example')).toBe(environmentExample());
  });

  it('no service reports a variable of another service as unknown', () => {
    const names = variableTables.flatMap(([, shape]) => Object.values(shape).map(({ name }) => name));
    const environment = Object.fromEntries(names.map((name) => [name, 'x']));

    expect(variableTables.map(([service, shape]) => [service, findUnknownNames(shape, environment)])).toEqual(
      variableTables.map(([service]) => [service, []]),
    );
  });

  it('errors.md lists every code of the catalogue with its status and whether to retry, and no other', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `([a-z_]+)` \| (\d{3}) \| (yes|no) \|/gm)].map((match) => [
      match[1],
      Number(match[2]),
      match[3],
    ]);
    const catalogue = Object.entries(errorCatalogue).map(([code, entry]) => [
      code,
      entry.status,
      entry.isRetryable ? 'yes' : 'no',
    ]);

    expect(rows.sort()).toEqual(catalogue.sort());
  });

  it('every path that the docs name exists', () => {
    const pages = [...readSourceFiles('docs', ['.md']), { path: 'README.md', text: read('README.md') }];
    const named = pages.flatMap((page) =>
      [
        ...page.text.matchAll(
          /`((?:apps|packages|prisma|tests|scripts|docs)\/[A-Za-z0-9_./-]+)`|\]\(((?!https?:)[^)#]+)\)/g,
        ),
      ].map((match) => ({ page: page.path, path: match[1] ?? join(page.path, '..', match[2] ?? '') })),
    );

    expect(named.length).toBeGreaterThan(20);
    expect(
      named.filter(({ path }) => !existsSync(join(root, path))).map(({ page, path }) => `${page}: ${path}`),
    ).toEqual([]);
  });

  it('gives every decision one number, in its name and its title', () => {
    const decisions = readSourceFiles('docs/decisions', ['.md']).map(({ path, text }) => ({
      number: Number(/\/(\d{4})-/.exec(path)?.[1]),
      title: Number(/^# (?:ADR )?0*(\d+)/.exec(text)?.[1]),
    }));

    expect(decisions.filter(({ number, title }) => number !== title)).toEqual([]);
    expect(new Set(decisions.map(({ number }) => number)).size).toBe(decisions.length);
  });

  it('every npm script that the docs name exists', () => {
    const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
    const pages = [...readSourceFiles('docs', ['.md']).map((page) => page.text), read('README.md')].join('\n');
    const named = [...pages.matchAll(/npm (?:run (?:--silent )?([a-z][a-z0-9:-]*)|(start|test)\b)/g)].map(
      (match) => match[1] ?? match[2],
    );

    expect([...new Set(named)].filter((name) => name !== undefined && !scripts.includes(name))).toEqual([]);
  });
});
