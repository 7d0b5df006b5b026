import { describe, expect, it } from '@jest/globals';
import { isTest, readSourceFiles, readTypeScript, type SourceFile } from './source-files.ts';

const files = readTypeScript();
const product = files.filter((file) => !isTest(file.path));
const thisFolder = 'tests/tidy/';

/** Lines of the files that match, as `path:line: text`, so that a failure says where to look. */
function findLines(among: readonly SourceFile[], pattern: RegExp): string[] {
  return among
    .filter((file) => !file.path.startsWith(thisFolder))
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [])),
    );
}

describe('house rules', () => {
  it('finds the code that it judges', () => {
    expect(product.length).toBeGreaterThan(100);
  });

  it('names no file or folder utils, helpers, common, misc, shared, manager or base', () => {
    const banned = /(^|\/)(utils?|helpers?|common|misc|shared|managers?|base)(\/|\.tsx?$)/;
    expect(files.map((file) => file.path).filter((path) => banned.test(path))).toEqual([]);
  });

  it('keeps every file within 400 lines', () => {
    expect(files.filter((file) => file.text.split('\n').length > 400).map((file) => file.path)).toEqual([]);
  });

  it('has as many lines of tests and fixtures as of translation for every provider', () => {
    const room = readSourceFiles('packages/providers/src', ['.ts', '.json']);
    const folders = [...new Set(room.flatMap(({ path }) => /^(.*)\/__fixtures__\//.exec(path)?.[1] ?? []))];
    const linesOf = (folder: string, isWanted: (path: string) => boolean) =>
      room
        .filter(({ path }) => path.startsWith(`${folder}/`) && isWanted(path))
        .reduce((sum, { text }) => sum + text.split('\n').length, 0);
    expect(folders.length).toBeGreaterThanOrEqual(8);
    expect(folders.filter((folder) => linesOf(folder, isTest) < linesOf(folder, (path) => !isTest(path)))).toEqual([]);
  });

  it('reads the environment in config files alone', () => {
    const readers = product.filter((file) => !file.path.endsWith('config.ts') && !file.path.startsWith('scripts/'));
    expect(findLines(readers, /process\.env/)).toEqual([]);
  });

  it('skips no test and runs none alone', () => {
    expect(findLines(files, /\b(it|test|describe)\.(skip|only|todo)\b|\bx(it|describe)\(/)).toEqual([]);
  });

  it('never sleeps in a test', () => {
    expect(
      findLines(
        files.filter((file) => file.path.endsWith('.test.ts')),
        /\bsleep\(|setTimeout\(\s*(resolve|r|done)\b/,
      ),
    ).toEqual([]);
  });

  it('has no float money', () => {
    const money = product.filter(
      (file) => file.path.startsWith('packages/pricing/') || file.path.startsWith('apps/billing/'),
    );
    expect(findLines(money, /parseFloat|toFixed\(|Math\.(round|floor|ceil)\(.*[Nn]anoUsd/)).toEqual([]);
  });

  it('keeps no mutable state in a module', () => {
    expect(findLines(product, /^(export )?let /)).toEqual([]);
  });

  it('defines getters of services in classes alone', () => {
    // V8 makes a hidden class for each object literal with a getter.
    // It keeps all that the getter sees until a full collection.
    const services = product.filter((file) => !file.path.startsWith('operators/'));
    expect(findLines(services, /^ {4,}get \w+\(\)/)).toEqual([]);
  });

  it('has no "keep in sync" comments, no leftover TODO and no silenced checks', () => {
    expect(findLines(files, /keep in sync|\bTODO\b|\bFIXME\b|@ts-ignore|@ts-nocheck|eslint-disable/i)).toEqual([]);
  });

  it('computes a pause that grows in one place', () => {
    const outside = product.filter((file) => !file.path.startsWith('packages/resilience/'));
    expect(findLines(outside, /\* \d \*\*|Ms \*= \d|\b2 \* \w*(pause|wait|delay)\w*\b/i)).toEqual([]);
  });

  it.each([
    'isRecord',
    'parseRecord',
    'tryParseJson',
    'withDeadline',
    'pauseAfter',
    'toSqlConnection',
    'readSqlState',
    'isUniqueViolation',
    'lockDirectory',
    'requireRedisUrl',
  ])('declares %s once', (name) => {
    expect(findLines(product, new RegExp(`function ${name}\\b`))).toHaveLength(1);
  });

  it('imports a broker client in messaging alone', () => {
    const outside = product.filter((file) => !file.path.startsWith('packages/messaging/'));
    expect(findLines(outside, /from '(kafkajs|amqplib|@nats-io)/)).toEqual([]);
  });

  it('gives every app the same files', () => {
    const apps = ['api-gateway', 'auth', 'provider-orchestrator', 'proxy', 'billing', 'analytics'];
    const missing = apps.flatMap((app) => {
      const paths = new Set(readSourceFiles(`apps/${app}/src`, ['.ts']).map((file) => file.path));
      return ['main', 'config', 'context', 'app', 'events']
        .map((name) => `apps/${app}/src/${name}.ts`)
        .filter((path) => !paths.has(path));
    });

    expect(missing).toEqual([]);
  });

  it('keeps every main.ts of a service within 15 lines', () => {
    const mains = files.filter(
      (file) => /^apps\/[a-z-]+\/src\/main\.ts$/.test(file.path) && !file.path.includes('standalone'),
    );
    expect(mains.filter((file) => file.text.trim().split('\n').length > 15).map((file) => file.path)).toEqual([]);
  });
});
