import { describe, expect, it } from '@jest/globals';
import * as bounds from '../../packages/contracts/src/bounds.ts';
import { isTest, readTypeScript } from './source-files.ts';

const place = 'packages/contracts/src/bounds.ts';
const names = Object.keys(bounds).join('|');
/** A bound that is declared again, or a list of providers or routes whose bound is a number. */
const second = new RegExp(
  `const (?:${names})\\b|(?:\\broutes|\\bproviders|\\bunhealthy): z\\.array\\([^)]*\\)+\\.max\\(\\d`,
);

describe('bounds of packages/contracts/src/bounds.ts', () => {
  it('are in no second place', () => {
    const lines = readTypeScript()
      .filter(({ path }) => path !== place && !isTest(path))
      .flatMap(({ path, text }) => text.split('\n').map((line) => `${path}: ${line.trim()}`));

    expect(lines.filter((line) => second.test(line))).toEqual([]);
  });
});
