import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './source-files.ts';

const services = ['analytics', 'auth', 'billing', 'provider-orchestrator'];
const definition = /ADD CONSTRAINT "(\w+)" CHECK \("(\w+)" IN \(([^)]*)\)/g;

/** Values that a migration takes out of a list of allowed ones, in the order in which migrations are applied. */
function listLost(service: string): string[] {
  const folder = join(root, 'prisma', service, 'migrations');
  const known = new Map<string, Set<string>>();
  return readdirSync(folder)
    .filter((name) => /^\d{14}_/.test(name))
    .sort()
    .flatMap((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return [...sql.matchAll(definition)].flatMap(([, constraint = '', , list = '']) => {
        const values = new Set([...list.matchAll(/'([^']*)'/g)].map(([, value = '']) => value));
        const lost = [...(known.get(constraint) ?? [])].filter((value) => !values.has(value));
        known.set(constraint, values);
        return lost.map((value) => `${name}: ${constraint} loses ${value}`);
      });
    });
}

describe('the migrations of a service', () => {
  it.each(services)(
    'only add to the values that %s allows: two branches that extend one list are merged',
    (service) => {
      expect(listLost(service)).toEqual([]);
    },
  );
});
