import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyticsVariables } from '@aggregator/analytics';
import { apiGatewayVariables } from '@aggregator/api-gateway';
import { authVariables } from '@aggregator/auth';
import { billingVariables } from '@aggregator/billing';
import { providerOrchestratorVariables } from '@aggregator/provider-orchestrator';
import { proxyVariables } from '@aggregator/proxy';
import { type ConfigShape, readConfig, withDatabaseUrls } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../tidy/source-files.ts';

const tables: Readonly<Record<string, ConfigShape>> = {
  'api-gateway': apiGatewayVariables,
  auth: authVariables,
  'provider-orchestrator': providerOrchestratorVariables,
  proxy: proxyVariables,
  billing: billingVariables,
  analytics: analyticsVariables,
};
/** Keys of providers, which the proxy reads by the pattern of their names. */
const providerKey = /^[A-Z]+_API_KEY(_\d+)?$/;
/** Read before the variables of a service: each database's address is derived from it. */
const databaseServer = 'DATABASE_URL';
const text = readFileSync(join(root, 'compose.yaml'), 'utf8');
const service = z.looseObject({
  environment: z.record(z.string(), z.coerce.string()).default({}),
  ports: z.array(z.string()).default([]),
});
const { services } = z
  .looseObject({ services: z.record(z.string(), service) })
  // A person sets a random text for each variable without a default.
  .parse(parse(text.replace(/\$\{\w+:\?[^}]*\}/g, randomBytes(32).toString('base64url')), { merge: true }));
const readServiceEnvironment = (name: string) =>
  Object.fromEntries(
    Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      value.replace(/^\$\{\w+:-(.*)\}$/, '$1'),
    ]),
  );

describe('compose.yaml', () => {
  it.each(Object.keys(tables))('gives %s the variables that it needs, and no others', (name) => {
    const environment = readServiceEnvironment(name);
    const table = tables[name] ?? {};
    expect(() => readConfig(table, withDatabaseUrls(environment))).not.toThrow();
    const known = Object.values(table).flatMap((entry) => [entry.name, ...entry.aliases]);
    const hasDatabase = known.includes(`${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`);
    expect(
      Object.keys(environment).filter((key) => !known.includes(key) && !(name === 'proxy' && providerKey.test(key))),
    ).toEqual(hasDatabase ? [databaseServer] : []);
  });

  it('gives a migration the address of the databases alone', () => {
    const migrations = Object.keys(services).filter((name) => name.endsWith('-migrate'));
    expect(migrations).toHaveLength(4);
    for (const name of migrations) expect(Object.keys(readServiceEnvironment(name))).toEqual([databaseServer]);
  });

  it('publishes the gateway on this machine alone, without metrics and health checks', () => {
    expect(Object.values(services).flatMap(({ ports }) => ports)).toEqual(['127.0.0.1:3000:3000']);
    expect(readServiceEnvironment('api-gateway').ADMIN_PORT).toBe('9090');
  });

  it('contains no password', () => {
    expect(text).not.toMatch(/(PASSWORD|KEY|PEPPER)\w*:-\w/);
  });
});
