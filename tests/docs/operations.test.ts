import { describe, expect, it } from '@jest/globals';
import { isTest, readSourceFiles, readTypeScript } from '../tidy/source-files.ts';

const read = (folder: string) => readSourceFiles(folder, ['.md']).map(({ text }) => text);
const runbooks = readSourceFiles('docs/operations/runbooks', ['.md']);
const pages = [...read('docs/operations'), ...readSourceFiles('docs', ['failure-modes.md']).map(({ text }) => text)];
const source = readTypeScript()
  .filter(({ path }) => !isTest(path))
  .map(({ text }) => text)
  .join('\n');
const findAll = (pattern: RegExp) => [...pages.join('\n').matchAll(pattern)].map((match) => match[1] ?? '');

/** Billing writes the first word of its figures once for all of them. */
const isKnown = (word: string) =>
  [word, word.replace(/^billing_/, '')].some((name) => source.includes(`'${name}'`)) || source.includes(`${word}:`);

describe('pages for the engineer on call', () => {
  it('name figures, log lines and codes that are in the code', () => {
    const quoted = findAll(/`([a-z]+(?:_[a-z]+)+)(?:\{[^`]*\})?`/g);
    const searched = findAll(/grep (?:-E )?'?([a-z_|]+_[a-z_|]+)'?/g).flatMap((words) => words.split('|'));

    expect(quoted.length).toBeGreaterThan(30);
    expect(searched.length).toBeGreaterThan(10);
    expect([...new Set([...quoted, ...searched])].filter((word) => !isKnown(word))).toEqual([]);
  });

  it('name variables that some service reads', () => {
    const documented = readSourceFiles('docs', ['configuration.md'])
      .map(({ text }) => text)
      .join('\n');
    const ofTools = ['BASE_URL', 'API_KEY', 'FIRST_BYTE_P95_MS', 'PLAIN_P95_MS', 'POSTGRES_URL'];
    const named = findAll(/`([A-Z]+(?:_[A-Z0-9]+)+)`/g).filter((name) => !ofTools.includes(name));

    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
  });

  it('have a runbook for each alert in their list, and each says what to see, where to look and what to do', () => {
    const contents = runbooks.find(({ path }) => path.endsWith('README.md'))?.text ?? '';
    const alerts = runbooks.filter(({ path }) => !path.endsWith('README.md'));

    expect(alerts.length).toBeGreaterThanOrEqual(9);
    for (const { path, text } of alerts) {
      expect(contents).toContain(`(${path.split('/').at(-1)})`);
      const headings = [...text.matchAll(/^\*\*(Symptom|Look here|Do this)\.\*\*/gm)].map((match) => match[1]);
      expect({ path, headings }).toEqual({ path, headings: ['Symptom', 'Look here', 'Do this'] });
    }
  });
});
