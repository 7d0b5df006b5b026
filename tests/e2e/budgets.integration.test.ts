import { randomBytes } from 'node:crypto';
import { apiKeyList, type BudgetStatus, budget, budgetStatusList, createdApiKey, team } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { ManagementClient } from '../world/management-client.ts';
import { loseStore } from './money-figures.ts';
import { signUp } from './sign-up.ts';
import { spendAtOnce } from './spend-at-once.ts';
import type { SpendingPlan } from './spending-plans.ts';
import { type Services, startServices } from './start-services.ts';

const keyPrefix = `t${randomBytes(6).toString('hex')}:`;
const requests = 500;
const connections = 60;
const budgetsPath = '/v1/auth/organization/budgets';
const healedMs = 60_000;

let services: Services;
let redis: Redis;
beforeAll(async () => {
  redis = new Redis(process.env.REDIS_URL ?? '');
  const limits = { DEFAULT_REQUESTS_PER_MINUTE: '100000', MANAGEMENT_REQUESTS_PER_MINUTE: '100000' };
  services = await startServices({ ...limits, REDIS_KEY_PREFIX: keyPrefix, LOG_LEVEL: 'error' });
});
afterAll(async () => {
  await services?.stop();
  await redis?.quit();
});

const plan: SpendingPlan = {
  kind: 'plain',
  path: '/v1/chat/completions',
  body: { model: 'mock-small', max_tokens: 30, messages: [{ role: 'user', content: 'hello' }] },
};
const plans = (count: number) => Array.from({ length: count }, () => plan);

async function list(session: ManagementClient): Promise<BudgetStatus[]> {
  return budgetStatusList.parse((await session.request('GET', '/v1/billing/budgets')).json).data;
}

/** What one request costs. */
async function readCost(session: ManagementClient, apiKey: string): Promise<bigint> {
  await spendAtOnce({ baseUrl: services.baseUrl, apiKey, connections: 1 }, plans(1));
  const find = async () => (await session.transactions()).find(({ type }) => type === 'charge');
  await waitFor(async () => (await find()) !== undefined, { describe: 'a charge' });
  return -BigInt((await find())?.amountNanoUsd ?? 0);
}

it('exceeds no budget of four levels with 500 requests at once, a proxy that dies and a lost counter store (I2)', async () => {
  const { apiKey: first, session } = await signUp(services.baseUrl);
  const cost = await readCost(session, first);
  const { id: teamId } = team.parse(
    (await session.request('POST', '/v1/auth/organization/teams', { name: 'red' })).json,
  );
  const { id: userId } = (await session.request('GET', '/v1/users/profile')).json as { id: string };
  const made = createdApiKey.parse((await session.request('POST', '/v1/auth/api-keys', { name: 'k', teamId })).json);
  expect(apiKeyList.parse((await session.request('GET', '/v1/auth/api-keys')).json).data.length).toBe(2);
  const create = async (level: string, subjectId: string | undefined, period: string, times: bigint) => {
    const body = { name: level, level, subjectId, period, amountNanoUsd: String(cost * times + 1n) };
    budget.parse((await session.request('POST', budgetsPath, body)).json);
  };
  await create('organization', undefined, 'month', 250n);
  await create('team', teamId, 'week', 220n);
  await create('user', userId, 'day', 200n);
  await create('key', made.id, 'total', 180n);
  const crowd = { baseUrl: services.baseUrl, apiKey: made.key, connections };

  const faults: Promise<void>[] = [];
  const onProgress = (done: number) => {
    if (done === 60) faults.push(services.restart('proxy'));
    if (done === 200) faults.push(loseStore(redis, keyPrefix));
  };
  const spent = await spendAtOnce({ ...crowd, onProgress, untilBack: () => Promise.all(faults) }, plans(requests));
  await Promise.all(faults);
  expect(faults).toHaveLength(2);

  const judge = async () => {
    const budgets = await list(session);
    const charged = (await session.transactions()).filter(({ type }) => type === 'charge').slice(0, -1);
    const total = charged.reduce((sum, { amountNanoUsd }) => sum - BigInt(amountNanoUsd), 0n);
    expect(budgets.filter((one) => BigInt(one.spentNanoUsd) > BigInt(one.amountNanoUsd))).toEqual([]);
    return { budgets, total };
  };
  const isSettled = async () => (await judge()).budgets.every(({ heldNanoUsd }) => heldNanoUsd === '0');
  await waitFor(isSettled, { timeoutMs: healedMs, describe: 'nothing to be held of budgets' });
  // What the faults have set free may be spent, and nothing more.
  await spendAtOnce(crowd, plans(250));
  await waitFor(isSettled, { timeoutMs: healedMs, describe: 'nothing to be held of budgets' });

  const { budgets, total } = await judge();
  expect(budgets.map(({ spentNanoUsd }) => spentNanoUsd)).toEqual(Array(4).fill(total.toString()));
  expect(total).toBeGreaterThan(cost * 90n);
  expect(new Set(spent.map(({ status }) => status))).toContain(429);
}, 240_000);
