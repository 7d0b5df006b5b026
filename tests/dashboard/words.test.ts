import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSourceFiles, root } from '../tidy/source-files.ts';

const source = 'apps/dashboard/src';
const files = readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('-words.ts'))
  .sort();
/** Names and units are the same in both languages. */
const isNeutral = (text: string) =>
  /^[^\p{Letter}]*$/u.test(text) || /^(API|SCIM|Kubernetes|ID|URL|IP|JSON|CSV|e-mail|[a-z_]+\.[a-z_]+)$/.test(text);
const placesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the words of the dashboard', () => {
  it.each(files)('%s says everything in English and in Russian', async (name) => {
    const tables = Object.values(await import(join(root, source, name))) as Record<string, [string, string]>[];
    const pairs = tables.flatMap((table) => Object.entries(table));

    expect(pairs.length).toBeGreaterThan(0);
    const faults = pairs.filter(([, [en, ru]]) => {
      const isTranslated = /\p{Script=Cyrillic}/u.test(ru) || (isNeutral(en) && en === ru);
      return en === '' || !isTranslated || /\p{Script=Cyrillic}/u.test(en) || `${placesOf(en)}` !== `${placesOf(ru)}`;
    });
    expect(faults).toEqual([]);
  });

  it('stand in files of words alone', () => {
    const texts = readSourceFiles(source, ['.tsx']).flatMap(({ path, text }) =>
      [...text.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)*)\s*<\//g)].map(([, words]) => `${path}: ${words}`),
    );
    const names = ['English', 'AI Aggregator'];
    expect(texts.filter((line) => !names.some((name) => line.endsWith(`: ${name}`)))).toEqual([]);
  });
});
