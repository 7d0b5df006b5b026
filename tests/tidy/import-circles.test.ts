import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findCircles } from './find-circles.ts';
import { isTest, readImports, readTypeScript } from './source-files.ts';

describe('imports of the product', () => {
  it('finds a circle of two files, and none in a chain', () => {
    expect(
      findCircles(
        new Map([
          ['a', ['b']],
          ['b', ['a', 'c']],
          ['c', []],
        ]),
      ),
    ).toEqual([['a', 'b']]);
    expect(
      findCircles(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([]);
  });

  it('form no circle, imports of types included', () => {
    const files = readTypeScript().filter((file) => !isTest(file.path) && !file.path.startsWith('tests/'));
    const paths = new Set(files.map((file) => file.path));
    const graph = new Map(
      files.map((file) => [
        file.path,
        readImports(file.text)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => join(dirname(file.path), specifier))
          .filter((path) => paths.has(path)),
      ]),
    );

    expect(graph.size).toBeGreaterThan(500);
    expect(findCircles(graph)).toEqual([]);
  });
});
