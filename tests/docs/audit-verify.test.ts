import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createServiceDatabases, type ServiceDatabases } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

const script = fileURLToPath(new URL('../../scripts/audit-verify.ts', import.meta.url));

describe('npm run audit:verify', () => {
  let databases: ServiceDatabases;
  beforeAll(async () => {
    databases = await createServiceDatabases();
  });
  afterAll(() => databases.drop());

  const verify = () => {
    const env = { PATH: process.env.PATH, ...databases.environment };
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      env,
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { status, stdout, stderr };
  };

  it('exits with 0 and prints the last hash of each database when every chain is whole (I21)', () => {
    const { status, stdout } = verify();
    expect({ status, lines: stdout.split('\n').map((line) => line.split(' ').slice(0, 2).join(' ')) }).toEqual({
      status: 0,
      lines: ['auth: 0', 'provider-orchestrator: 0', 'billing: 0', 'analytics: 0', ''],
    });
  });

  it('exits with 1 and names the first broken entry when one was deleted (I21)', async () => {
    const client = new pg.Client({ connectionString: databases.environment.BILLING_DATABASE_URL });
    await client.connect();
    await client.query(`UPDATE audit_head SET sequence = 1`);
    await client.end();
    expect(verify()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('billing: the audit is broken: entry 1 is'),
    });
  });
});
