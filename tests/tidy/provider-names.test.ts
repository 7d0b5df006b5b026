import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerAdapters } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import { providerTypesText } from '../../scripts/provider-types.ts';
import { isTest, readSourceFiles, readTypeScript, root, type SourceFile } from './source-files.ts';

const generated = 'packages/contracts/src/provider-types.ts';
const adapters = 'packages/providers/src/';
/** Servers that speak as a vendor does, for tests. */
const fakes = 'packages/fake-providers/';

/** One variable as an example for a newcomer. */
const example = 'apps/standalone/src/welcome-text.ts';

const product: readonly SourceFile[] = [...readTypeScript(), ...readSourceFiles('scripts', ['.mjs'])].filter(
  ({ path }) => !isTest(path) && !path.startsWith(fakes) && path !== generated,
);
const outside = product.filter(({ path }) => !path.startsWith(adapters));
/** Between the folders of the adapters. The registry has each name once. */
const between = product.filter(
  ({ path }) =>
    path.startsWith(adapters) && !path.slice(adapters.length).includes('/') && !path.endsWith('registry.ts'),
);

const anyOf = (words: readonly string[]) =>
  words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|');
const types = providerAdapters.map(({ type }) => type);
const hosts = providerAdapters.flatMap(({ facts: { baseUrl } }) => (baseUrl === null ? [] : [new URL(baseUrl).host]));
const prefixes = providerAdapters.flatMap(({ facts: { environment } }) =>
  environment === undefined ? [] : [environment.prefix, environment.alias ?? environment.prefix],
);

/** Lines of code, not of comments, that match. */
function findLines(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line) && pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

describe('the name of a provider', () => {
  it('is a text or a key in its adapter alone', () => {
    const name = new RegExp(`(['"\`])(?:${anyOf(types)})\\1|(?:^|[{,])\\s*(?:${anyOf(types)}): `);
    expect([...findLines(outside, name), ...findLines(between, name)]).toEqual([]);
  });

  it('is not in the code of others by its host', () => {
    expect(findLines(outside, new RegExp(anyOf(hosts)))).toEqual([]);
  });

  it('is not in the code of others by its variables', () => {
    const files = outside.filter(({ path }) => path !== example);
    expect(findLines(files, new RegExp(`\\b(?:${anyOf(prefixes)})_[A-Z]`))).toEqual([]);
  });

  it('is in the list of contracts as the registry has it: npm run generate:providers', () => {
    expect(readFileSync(join(root, generated), 'utf8')).toBe(providerTypesText());
  });
});
