import {
  type Budget,
  type BudgetStatus,
  budgetStatus,
  budgetStatusList,
  shownBudget,
  team,
} from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './start-world.ts';
import { Callers, type Tenant } from './tenant-actors.ts';

const path = '/v1/auth/organization/budgets';
const chat = { model: 'mock-small', max_tokens: 40, messages: [{ role: 'user', content: 'hello' }] };

describe('budgets at every level', () => {
  let world: World;
  let callers: Callers;
  let owner: Tenant;
  let key: { id: string; key: string };
  let teamId: string;
  beforeAll(async () => {
    const many = '1000000';
    world = await startWorld({ SIGN_UP_CREDIT_NANO_USD: '1000000000', MANAGEMENT_REQUESTS_PER_MINUTE: many });
    callers = new Callers(world.baseUrl);
    owner = await callers.signUp('founder');
    teamId = team.parse((await as('POST', '/v1/auth/organization/teams', { name: 'red' })).json).id;
    key = await callers.createKey(owner.token, { teamId });
  });
  afterAll(() => world.destroy());

  const as = (method: string, route: string, body?: unknown) => callers.as(owner.token).request(method, route, body);
  const create = async (fields: Record<string, unknown>): Promise<Budget> => {
    const { status, json } = await as('POST', path, { period: 'month', ...fields });
    expect({ status, json }).toMatchObject({ status: 201 });
    return shownBudget.parse(json);
  };
  const readStatus = async ({ id }: Budget): Promise<BudgetStatus> =>
    budgetStatus.parse((await as('GET', `/v1/billing/budgets/${id}`)).json);
  const ask = async (credential = key.key, headers: Record<string, string> = {}, fields = {}) => {
    const response = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...chat, ...fields }),
    });
    const { status, headers: answered } = response;
    return { status, headers: answered, json: (await response.json()) as { error?: Record<string, string> } };
  };
  const untilRefused = async (one: () => ReturnType<typeof ask>) => {
    for (let turn = 0; turn < 100; turn += 1) if ((await one()).status !== 200) return;
    throw new Error('a hundred requests were not refused');
  };
  const waitUntilPosted = async (budgets: readonly Budget[]) => {
    let seen: BudgetStatus[] = [];
    await waitFor(
      async () => {
        seen = await Promise.all(budgets.map(readStatus));
        return seen.every(({ heldNanoUsd, mode }) => mode === 'warn' || heldNanoUsd === '0');
      },
      { describe: () => `all charges to be posted: ${JSON.stringify(seen.map(({ heldNanoUsd }) => heldNanoUsd))}` },
    );
    return seen;
  };

  it('is never exceeded by a nano, and its refusal says which it is (I2)', async () => {
    const probe = await create({ name: 'probe', level: 'organization', amountNanoUsd: '900000000' });
    await waitFor(async () => (await ask()).status === 200, { describe: 'an answer' });
    await waitFor(async () => (await readStatus(probe)).spentNanoUsd !== '0', { describe: 'a charge' });
    const cost = BigInt((await readStatus(probe)).spentNanoUsd);
    expect((await as('DELETE', `${path}/${probe.id}`)).status).toBe(204);
    const times = (count: number) => String(cost * BigInt(count) + 1n);
    const budgets = [
      await create({ name: 'all', level: 'organization', amountNanoUsd: times(400) }),
      await create({ name: 'red team', level: 'team', subjectId: teamId, amountNanoUsd: times(200), period: 'week' }),
      await create({
        ...{ name: 'founder', level: 'user', subjectId: owner.userId, period: 'day', timeZone: 'Europe/Moscow' },
        amountNanoUsd: times(300),
      }),
      await create({ name: 'the key', level: 'key', subjectId: key.id, amountNanoUsd: times(30), period: 'total' }),
      await create({ name: 'to know', level: 'organization', amountNanoUsd: '1', mode: 'warn' }),
    ];

    const answers = await Promise.all(Array.from({ length: 200 }, () => ask()));

    const served = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status === 429);
    expect(served + refused.length).toBe(200);
    expect(served).toBeGreaterThan(0);
    const stands = await waitUntilPosted(budgets);
    expect(stands.map(({ spentNanoUsd }) => spentNanoUsd)).toEqual(Array(5).fill(String(cost * BigInt(served))));
    const hard = stands.filter(({ mode }) => mode === 'hard');
    expect(hard.filter(({ spentNanoUsd, amountNanoUsd }) => BigInt(spentNanoUsd) > BigInt(amountNanoUsd))).toEqual([]);
    expect(refused[0]?.json.error).toMatchObject({ code: 'budget_exceeded', param: budgets[3]?.id });
    expect(refused[0]?.json.error?.message).toMatch(/budget "the key" of the API key .* billing member/);
    expect(refused[0]?.headers.get('x-should-retry')).toBe('false');
    expect(refused[0]?.headers.get('ratelimit')).toContain('"budget-key";r=');

    // One by one to its very end: what is left afterwards covers no request.
    await untilRefused(() => ask());
    const [, , , ended] = await waitUntilPosted(budgets);
    expect(BigInt(ended?.spentNanoUsd ?? 0)).toBeLessThanOrEqual(BigInt(ended?.amountNanoUsd ?? 0));
    expect((await ask()).json.error?.code).toBe('budget_exceeded');

    // A change counts at once, in both directions.
    const patch = (amountNanoUsd: string) => as('PATCH', `${path}/${budgets[3]?.id}`, { amountNanoUsd });
    expect((await patch(times(60))).status).toBe(200);
    expect((await ask()).status).toBe(200);
    expect((await patch('1')).status).toBe(200);
    expect((await ask()).json.error?.code).toBe('budget_exceeded');
    // Neither a new key that this one makes, nor its replacement, gets around it.
    const rotated = await as('POST', `/v1/auth/api-keys/${key.id}/rotate`, { overlapSeconds: 60 });
    expect((await ask((rotated.json as { key: string }).key)).json.error?.code).toBe('budget_exceeded');

    const { json } = await as('GET', '/v1/billing/budgets?level=key');
    expect(budgetStatusList.parse(json).data.map(({ name }) => name)).toEqual(['the key']);
  }, 120_000);

  it('counts each end user of a key alone, by header or body, with a mask too (I2)', async () => {
    const shop = await callers.createKey(owner.token, { privacy: { mode: 'mask' } });
    const mail = 'anna@example.com';
    const probe = await create({ name: 'of the shop', level: 'key', subjectId: shop.id, amountNanoUsd: '900000000' });
    await waitFor(async () => (await ask(shop.key)).status === 200, { describe: 'an answer' });
    await waitFor(async () => (await readStatus(probe)).spentNanoUsd !== '0', { describe: 'a charge' });
    const cost = BigInt((await readStatus(probe)).spentNanoUsd);
    const each = { name: 'each customer', level: 'end_user', subjectId: shop.id, period: 'day' };
    const { id } = await create({ ...each, amountNanoUsd: String(cost * 4n) });
    const askAs = (name: string) => ask(shop.key, { 'x-aggregator-end-user': name });
    await untilRefused(() => askAs('first'));
    expect((await askAs('first')).json.error?.message).toMatch(/budget "each customer" of the end user/);
    expect((await askAs('second')).status).toBe(200);
    expect((await ask(shop.key)).status).toBe(200);
    await untilRefused(() => ask(shop.key, {}, { user: mail }));
    expect((await askAs(mail)).json.error?.code).toBe('budget_exceeded');
    expect((await ask(shop.key, {}, { user: 'carl@example.com' })).status).toBe(200);
    expect((await askAs('x'.repeat(257))).status).toBe(400);
    const of = async (name: string) =>
      budgetStatus.parse((await as('GET', `/v1/billing/budgets/${id}?endUser=${encodeURIComponent(name)}`)).json);
    await waitFor(async () => (await of('first')).heldNanoUsd === '0', { describe: 'all charges' });
    const { spentNanoUsd } = await of('first');
    expect(BigInt(spentNanoUsd)).toBeGreaterThan(0n);
    expect(BigInt(spentNanoUsd)).toBeLessThanOrEqual(cost * 4n);
  }, 120_000);
});
