import { type BulkReport, budgetStatusList, bulkExport, bulkJob, bulkReport } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './start-world.ts';
import { Callers, type Tenant } from './tenant-actors.ts';

const bulk = '/v1/auth/organization/bulk';
const people = 1000;
const callersAtOnce = 50;
const chat = { model: 'mock-small', max_tokens: 40, messages: [{ role: 'user', content: 'hello' }] };

/** Bulk creation of users, corporate billing, API integration, monitoring of usage. */
describe('a corporate client', () => {
  let world: World;
  let callers: Callers;
  let owner: Tenant;
  beforeAll(async () => {
    const many = '1000000';
    world = await startWorld({ SIGN_UP_CREDIT_NANO_USD: '1000000000', MANAGEMENT_REQUESTS_PER_MINUTE: many });
    callers = new Callers(world.baseUrl);
    owner = await callers.signUp('chief');
    const operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
    const provider = { label: 'Acme', issuer: 'https://id.acme.com', clientId: 'x', domains: ['acme.com'] };
    const body = { ...provider, organizationId: owner.organizationId };
    expect((await callers.as(operator).request('PUT', '/v1/auth/sso-providers/acme', body)).status).toBe(200);
  });
  afterAll(() => world.destroy());

  const as = (method: string, route: string, body?: unknown) => callers.as(owner.token).request(method, route, body);
  const ask = async (key: string) => {
    const response = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(chat),
    });
    const { usage, error } = (await response.json()) as { usage?: { cost_nano_usd: string }; error?: { code: string } };
    return { status: response.status, cost: BigInt(usage?.cost_nano_usd ?? 0), code: error?.code };
  };
  async function run(rows: readonly object[]): Promise<BulkReport['rows']> {
    const given = await as('POST', bulk, { rows });
    expect(given).toMatchObject({ status: 202 });
    const { id } = bulkJob.parse(given.json);
    const read = async (cursor: number) =>
      bulkReport.parse((await as('GET', `${bulk}/${id}?limit=100&cursor=${cursor}`)).json);
    await waitFor(async () => (await read(0)).finishedAt !== null, {
      describe: 'the end of the list',
      timeoutMs: 240_000,
    });
    const report: BulkReport['rows'] = [];
    while (report.length < rows.length) report.push(...(await read(report.length)).rows);
    return report;
  }

  it('adds 1,000 people with teams, budgets and keys; a team ends at its budget; usage, export and ledger agree (I2, I8)', async () => {
    const probe = await callers.createKey(owner.token);
    await waitFor(async () => (await ask(probe.key)).status === 200, { describe: 'an answer' });
    const { cost } = await ask(probe.key);
    const teamAmount = cost * 120n;
    const rows = [
      { kind: 'team', name: 'red', budgetNanoUsd: String(teamAmount), budgetPeriod: 'total' },
      { kind: 'team', name: 'blue' },
      ...Array.from({ length: people }, (_, at) => ({
        ...{ email: `p${at}@acme.com`, name: `Person ${at}`, teams: [at < callersAtOnce ? 'red' : 'blue'] },
        ...{ budgetNanoUsd: String(cost * 1000n), ...(at < callersAtOnce && { key: 'laptop' }) },
      })),
    ];
    const report = await run(rows);
    expect(new Set(report.map(({ result }) => result))).toEqual(new Set(['created']));
    const keys = report.flatMap(({ key }) => key ?? []);
    expect(keys).toHaveLength(callersAtOnce);

    const served = { requests: 0, cost: 0n };
    let last: Awaited<ReturnType<typeof ask>>[] = [];
    do {
      last = await Promise.all(keys.map(ask));
      for (const answer of last.filter(({ status }) => status === 200)) {
        served.requests += 1;
        served.cost += answer.cost;
      }
    } while (last.some(({ status }) => status === 200));
    expect(new Set(last.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['429 budget_exceeded']));
    expect(served.cost).toBeLessThanOrEqual(teamAmount);
    // What is left covers no request.
    expect(teamAmount - served.cost).toBeLessThan(cost * 40n);

    const red = async () =>
      budgetStatusList
        .parse((await as('GET', '/v1/billing/budgets?level=team')).json)
        .data.find(({ period }) => period === 'total');
    await waitFor(async () => (await red())?.spentNanoUsd === String(served.cost), {
      describe: 'the charges of the team',
    });

    const client = callers.as(owner.token);
    const usage = async () => {
      const { json } = await client.request('GET', '/v1/analytics/dashboard?groupBy=user');
      return json as {
        totals: { costNanoUsd: string };
        series: { group: string; costNanoUsd: string; requests: number }[];
      };
    };
    const charged = async () => {
      const charges = (await client.transactions()).filter(({ type }) => type === 'charge');
      return charges.reduce((sum, { amountNanoUsd }) => sum - BigInt(amountNanoUsd), 0n);
    };
    await waitFor(async () => (await usage()).totals.costNanoUsd === String(await charged()), {
      describe: 'equal totals',
    });
    const byUser = (await usage()).series.filter(({ group }) => group !== owner.userId);
    expect(byUser.length).toBeLessThanOrEqual(callersAtOnce);
    expect(byUser.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n)).toBe(served.cost);
    const unserved = (await ask(keys[0] ?? '')).status;
    expect(unserved).toBe(429);

    const exported = bulkExport.parse((await as('GET', `${bulk}/export`)).json).rows;
    expect(exported).toHaveLength(people + 3);
    const again = await run(exported.filter((row) => 'role' in row === false || row.role !== 'owner').slice(0, 60));
    expect(new Set(again.map(({ result }) => result))).toEqual(new Set(['unchanged']));
  }, 420_000);
});
