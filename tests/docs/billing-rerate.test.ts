import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createServiceDatabases, type ServiceDatabases } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

const script = fileURLToPath(new URL('../../scripts/billing-rerate.ts', import.meta.url));
const requestId = '0190a000-0000-7000-8000-000000000001';

describe('npm run billing:rerate', () => {
  let databases: ServiceDatabases;
  beforeAll(async () => {
    databases = await createServiceDatabases();
  });
  afterAll(() => databases.drop());

  const rerate = () => {
    const env = { PATH: process.env.PATH, ...databases.environment };
    const { status, stdout } = spawnSync(process.execPath, [script], { env, encoding: 'utf8', timeout: 60_000 });
    return { status, stdout };
  };

  it('exits with 0 when every charge comes out as it was posted', () => {
    expect(rerate()).toMatchObject({ status: 0, stdout: expect.stringContaining('0 charges, 0 differences') });
  });

  it('exits with 1 and names the request when a charge is not what its usage costs', async () => {
    const client = new pg.Client({ connectionString: databases.environment.BILLING_DATABASE_URL });
    await client.connect();
    await client.query(
      `INSERT INTO charge (request_id, event_id, org_id, user_id, operation, provider, model, usage, price, amount,
        estimated, outcome, time)
      VALUES ($1, 'x', $1, $1, 'chat.completions', 'p', 'm', '{"outputText":2}', '{"version":"v","rates":{"outputText":"1000"}}',
        3, false, 'completed', now())`,
      [requestId],
    );
    await client.end();

    const { status, stdout } = rerate();
    expect(status).toBe(1);
    expect(stdout).toContain(`${requestId} amount: posted 3, computed 2\n`);
    expect(stdout).toContain(`${requestId} transfers: posted 0, computed 3\n`);
    expect(stdout).toContain('1 with a price that the registry does not have');
  });
});
