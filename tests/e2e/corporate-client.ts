import {
  type BulkReport,
  budgetStatusList,
  bulkExport,
  bulkJob,
  bulkReport,
  dashboardAnswer,
  monthStatement,
  splitCsv,
} from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { expect } from '@jest/globals';
import type { ManagementClient } from '../world/management-client.ts';
import { Callers } from '../world/tenant-actors.ts';

const bulk = '/v1/auth/organization/bulk';
const people = 1000;
const callersAtOnce = 50;
const chat = {
  model: 'mock-small',
  max_tokens: 40,
  metadata: { project: 'pilot' },
  messages: [{ role: 'user', content: 'hello' }],
};

/** Settings of an installation on which the corporate client walks. */
export const corporateSettings = {
  SIGN_UP_CREDIT_NANO_USD: '1000000000',
  MANAGEMENT_REQUESTS_PER_MINUTE: '1000000',
} as const;

/**
 * The second scenario of the product: bulk creation of users, corporate billing, API integration, monitoring of usage. The
 * same walk on the embedded form and on real servers: 1,000 people with teams and budgets, 50 keys at once until the budget
 * of their team ends, and usage, ledger and export that agree.
 */
export async function walkAsCorporateClient(
  baseUrl: string,
  operator: { readonly email: string; readonly password: string },
): Promise<void> {
  const callers = new Callers(baseUrl);
  const owner = await callers.signUp('chief');
  const { accessToken } = await callers.logIn(operator.email, operator.password);
  const provider = { label: 'Acme', issuer: 'https://id.acme.com', clientId: 'x', domains: ['acme.com'] };
  const settings = { ...provider, organizationId: owner.organizationId };
  const put = await callers.as(accessToken).request('PUT', '/v1/auth/sso-providers/acme', settings);
  expect(put.status).toBe(200);
  const client = callers.as(owner.token);
  expect((await client.request('PATCH', '/v1/auth/organization', { tagKeys: ['project'] })).status).toBe(200);

  const probe = await callers.createKey(owner.token);
  await waitFor(async () => (await ask(baseUrl, probe.key)).status === 200, { describe: 'an answer' });
  const { cost } = await ask(baseUrl, probe.key);
  const teamAmount = cost * 120n;
  const report = await runList(client, toRows(cost, teamAmount));
  expect(new Set(report.map(({ result }) => result))).toEqual(new Set(['created']));
  const keys = report.flatMap(({ key }) => key ?? []);
  expect(keys).toHaveLength(callersAtOnce);

  const served = await spendBudget(baseUrl, keys);
  expect(served).toBeLessThanOrEqual(teamAmount);
  // What is left covers no request.
  expect(teamAmount - served).toBeLessThan(cost * 40n);
  await judgeUsage(client, owner.userId, served);
  await judgeExports(baseUrl, owner.token, client);
  expect((await ask(baseUrl, keys[0] ?? '')).status).toBe(429);

  const exported = bulkExport.parse((await client.request('GET', `${bulk}/export`)).json).rows;
  expect(exported).toHaveLength(people + 3);
  const people60 = exported.filter((row) => !('role' in row) || row.role !== 'owner').slice(0, 60);
  const again = await runList(client, people60);
  expect(new Set(again.map(({ result }) => result))).toEqual(new Set(['unchanged']));
}

function toRows(cost: bigint, teamAmount: bigint): object[] {
  return [
    { kind: 'team', name: 'red', budgetNanoUsd: String(teamAmount), budgetPeriod: 'total' },
    { kind: 'team', name: 'blue' },
    ...Array.from({ length: people }, (_, at) => ({
      ...{ email: `p${at}@acme.com`, name: `Person ${at}`, teams: [at < callersAtOnce ? 'red' : 'blue'] },
      ...{ budgetNanoUsd: String(cost * 1000n), ...(at < callersAtOnce && { key: 'laptop' }) },
    })),
  ];
}

async function ask(baseUrl: string, key: string): Promise<{ status: number; cost: bigint; code: string | undefined }> {
  const response = await fetch(`${baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(chat),
  });
  const { usage, error } = (await response.json()) as { usage?: { cost_nano_usd: string }; error?: { code: string } };
  return { status: response.status, cost: BigInt(usage?.cost_nano_usd ?? 0), code: error?.code };
}

/** Gives a list, waits for its end, and returns its report. */
async function runList(client: ManagementClient, rows: readonly object[]): Promise<BulkReport['rows']> {
  const given = await client.request('POST', bulk, { rows });
  expect(given).toMatchObject({ status: 202 });
  const { id } = bulkJob.parse(given.json);
  const read = async (cursor: number) =>
    bulkReport.parse((await client.request('GET', `${bulk}/${id}?limit=100&cursor=${cursor}`)).json);
  await waitFor(async () => (await read(0)).finishedAt !== null, {
    describe: 'the end of the list',
    timeoutMs: 240_000,
  });
  const report: BulkReport['rows'] = [];
  while (report.length < rows.length) report.push(...(await read(report.length)).rows);
  return report;
}

/** Asks with all keys at once until each is refused by the budget; returns what the answers cost. */
async function spendBudget(baseUrl: string, keys: readonly string[]): Promise<bigint> {
  let served = 0n;
  let last: Awaited<ReturnType<typeof ask>>[] = [];
  do {
    last = await Promise.all(keys.map((key) => ask(baseUrl, key)));
    for (const { status, cost } of last) if (status === 200) served += cost;
  } while (last.some(({ status }) => status === 200));
  expect(new Set(last.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['429 budget_exceeded']));
  return served;
}

/** Budget, usage by user and by tag, its export and the ledger have the same sums. */
async function judgeUsage(client: ManagementClient, ownerId: string, served: bigint): Promise<void> {
  const red = async () =>
    budgetStatusList
      .parse((await client.request('GET', '/v1/billing/budgets?level=team')).json)
      .data.find(({ period }) => period === 'total');
  await waitFor(async () => (await red())?.spentNanoUsd === String(served), { describe: 'the charges of the team' });

  const usage = async (query: string) =>
    dashboardAnswer.parse((await client.request('GET', `/v1/analytics/dashboard?${query}`)).json);
  const charged = async () => {
    const charges = (await client.transactions()).filter(({ type }) => type === 'charge');
    return charges.reduce((sum, { amountNanoUsd }) => sum - BigInt(amountNanoUsd), 0n);
  };
  const isEqual = async () => (await usage('groupBy=user')).totals.costNanoUsd === String(await charged());
  await waitFor(isEqual, { describe: 'equal totals' });
  const byUser = (await usage('groupBy=user')).series.filter(({ group }) => group !== ownerId);
  expect(byUser.length).toBeLessThanOrEqual(callersAtOnce);
  expect(byUser.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n)).toBe(served);
  const ofTag = async () =>
    (await usage('groupBy=tag&tagKey=project')).series.map((row) => [row.group, row.costNanoUsd]);
  expect(await ofTag()).toEqual([['pilot', String(await charged())]]);
}

/** The usage by user as CSV names each person, and equals the statement of the month, which is read from the ledger, to the nano. */
async function judgeExports(baseUrl: string, token: string, client: ManagementClient): Promise<void> {
  const month = new Date().toISOString().slice(0, 7);
  const statement = `/v1/billing/statements/${month}?by=user`;
  const { lines } = monthStatement.parse((await client.request('GET', statement)).json);
  const ledger = lines.map(({ subjectId, name, amountNanoUsd }) => [subjectId, name, amountNanoUsd]);
  const usage = await readTable(
    baseUrl,
    token,
    `/v1/analytics/dashboard?groupBy=user&from=${month}-01T00:00:00Z&format=csv`,
  );
  const used = usage.map((row) => [row.user, row.name, row.costNanoUsd]);
  expect(used.sort()).toEqual(ledger.sort());
  const exported = await readTable(baseUrl, token, `${statement}&format=csv`);
  expect(exported.map((row) => [row.subject_id, row.name, row.amount_nano_usd]).sort()).toEqual(ledger);
  expect(ledger.filter(([, name]) => name?.startsWith('Person ')).length).toBe(ledger.length - 1);
}

/** Rows of a CSV answer, each by the names of its head. */
async function readTable(baseUrl: string, token: string, path: string): Promise<Record<string, string>[]> {
  const answer = await fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const [head = [], ...rows] = splitCsv(await answer.text()).rows;
  return rows
    .filter((row) => row.length === head.length)
    .map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
}
