import { describe, expect, it } from '@jest/globals';
import { readTypeScript } from './source-files.ts';

const columnsMax = 120;
/** Strings and comments that the formatter does not break. May only shrink. */
const longLinesMax = 1700;
/** Folders whose comments are all within the columns. May only grow. */
const finished = [
  'apps/mock-provider',
  'apps/standalone',
  'operators/provider-operator',
  'packages/audit',
  'packages/budgets',
  'packages/cli',
  'packages/contracts',
  'packages/database',
  'packages/embedded-postgres',
  'packages/expiring-store',
  'packages/fake-providers',
  'packages/invalidation',
  'packages/kubernetes',
  'packages/mock-provider',
  'packages/payments',
  'packages/pricing',
  'packages/redis',
  'packages/resilience',
  'packages/routing',
  'packages/work-queue',
];

const longLines = () =>
  readTypeScript().flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => (line.length > columnsMax ? [{ place: `${path}:${at + 1}`, line }] : [])),
  );

describe('lines over 120 columns', () => {
  it('do not become more', () => {
    expect(longLines().length).toBeLessThanOrEqual(longLinesMax);
  });

  it('are no comments in the finished folders', () => {
    const comments = longLines().filter(
      ({ place, line }) =>
        finished.some((folder) => place.startsWith(`${folder}/`)) &&
        /^\s*(\/\/|\/\*\*|\*) /.test(line) &&
        !/biome-ignore|https?:/.test(line),
    );
    expect(comments.map(({ place }) => place)).toEqual([]);
  });
});
