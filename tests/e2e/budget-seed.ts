import { type BudgetStatus, budgetStatusList, createdApiKey, team } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import type { Redis } from 'ioredis';
import type { ManagementClient } from '../world/management-client.ts';
import { createRandom } from '../world/mixed-load.ts';
import { loseStore } from './money-figures.ts';
import { signUp } from './sign-up.ts';
import { spendAtOnce } from './spend-at-once.ts';
import type { SpendingPlan } from './spending-plans.ts';
import type { Services } from './start-services.ts';

/** Proxies that a seed needs. */
export const budgetProxies = 3;
/** What every service of a seed needs beside its own. */
export const budgetEnvironment = {
  DEFAULT_REQUESTS_PER_MINUTE: '100000',
  MANAGEMENT_REQUESTS_PER_MINUTE: '100000',
  LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000',
};

const requests = 500;
const connections = 60;
const healedMs = 120_000;
const budgetsPath = '/v1/auth/organization/budgets';
const zones = ['UTC', 'America/New_York', 'Asia/Kolkata'] as const;

const plan: SpendingPlan = {
  kind: 'plain',
  path: '/v1/chat/completions',
  body: { model: 'mock-small', max_tokens: 30, messages: [{ role: 'user', content: 'hello' }] },
};

/** What became of a seed. `faults`: each way in which the promise was broken; none if it held. */
export interface SeedResult {
  readonly seed: number;
  readonly served: number;
  readonly refused: number;
  readonly spentNanoUsd: bigint;
  readonly faults: readonly string[];
}

export interface SeedWorld {
  readonly services: Pick<Services, 'baseUrl' | 'restart'>;
  readonly redis: Redis;
  readonly keyPrefix: string;
}

/**
 * Sends 500 requests at once over three proxies against budgets of four levels. The seed chooses the amounts, the periods and
 * time zones, which proxies are killed, and when the counter store loses everything. What the faults have set free may be
 * spent afterwards, and nothing more: no budget is exceeded by a nano, and each says what the charges say.
 */
export async function runBudgetSeed(world: SeedWorld, seed: number): Promise<SeedResult> {
  const { services } = world;
  const random = createRandom(seed);
  const between = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  const { apiKey: first, session } = await signUp(services.baseUrl);
  const cost = await readCost(services.baseUrl, session, first);
  const key = await createBudgets(session, between, cost);
  const crowd = { baseUrl: services.baseUrl, apiKey: key, connections };

  const happening: Promise<void>[] = [];
  const faultsAt = new Map<number, () => Promise<void>>([
    [between(20, 120), () => services.restart('proxy', between(0, budgetProxies - 1))],
    [between(121, 220), () => loseStore(world.redis, world.keyPrefix)],
    [between(221, 320), () => services.restart('proxy', between(0, budgetProxies - 1))],
  ]);
  const onProgress = (done: number) => {
    const fault = faultsAt.get(done);
    if (fault === undefined) return;
    // One after the other: a proxy that starts is not killed by the next fault.
    happening.push((happening.at(-1) ?? Promise.resolve()).then(fault));
  };
  const untilBack = () => Promise.all(happening);
  const plans = (count: number) => Array.from({ length: count }, () => plan);
  const spent = await spendAtOnce({ ...crowd, onProgress, untilBack }, plans(requests));
  await Promise.all(happening);
  await waitUntilSettled(session);
  spent.push(...(await spendAtOnce(crowd, plans(requests / 2))));
  await waitUntilSettled(session);

  const budgets = await listBudgets(session);
  // All but the first request, which was before the budgets.
  const charged = (await session.transactions()).filter(({ type }) => type === 'charge').slice(0, -1);
  const total = charged.reduce((sum, { amountNanoUsd }) => sum - BigInt(amountNanoUsd), 0n);
  const count = (status: number) => spent.filter((one) => one.status === status).length;
  return { seed, served: count(200), refused: count(429), spentNanoUsd: total, faults: judge(budgets, total, cost) };
}

function judge(budgets: readonly BudgetStatus[], total: bigint, cost: bigint): string[] {
  const faults = budgets.flatMap(({ level, amountNanoUsd, spentNanoUsd }) => [
    ...(BigInt(spentNanoUsd) > BigInt(amountNanoUsd) ? [`${level}: ${spentNanoUsd} of ${amountNanoUsd} spent`] : []),
    ...(BigInt(spentNanoUsd) !== total ? [`${level}: ${spentNanoUsd} counted, ${total} charged`] : []),
  ]);
  if (budgets.length !== 4) faults.push(`${budgets.length} budgets`);
  // A store that refused everything would exceed nothing either.
  if (total < cost * 60n) faults.push(`only ${total} spent`);
  return faults;
}

/** Budgets of four levels, each with room for some of the requests; returns the key that counts in all. */
async function createBudgets(
  session: ManagementClient,
  between: (min: number, max: number) => number,
  cost: bigint,
): Promise<string> {
  const { json } = await session.request('POST', '/v1/auth/organization/teams', { name: 'red' });
  const { id: teamId } = team.parse(json);
  const { id: userId } = (await session.request('GET', '/v1/users/profile')).json as { id: string };
  const made = createdApiKey.parse((await session.request('POST', '/v1/auth/api-keys', { name: 'k', teamId })).json);
  const levels = { organization: undefined, team: teamId, user: userId, key: made.id };
  for (const [level, subjectId] of Object.entries(levels)) {
    const period = ['day', 'week', 'month', 'total'][between(0, 3)];
    const timeZone = zones[between(0, 2)];
    const amountNanoUsd = String(cost * BigInt(between(120, 320)) + BigInt(between(0, 1000)));
    const body = { name: level, level, subjectId, period, timeZone, amountNanoUsd };
    const { status } = await session.request('POST', budgetsPath, body);
    if (status !== 201) throw new Error(`no budget of the ${level}: ${status}`);
  }
  return made.key;
}

async function listBudgets(session: ManagementClient): Promise<BudgetStatus[]> {
  return budgetStatusList.parse((await session.request('GET', '/v1/billing/budgets')).json).data;
}

/** What one request costs. */
async function readCost(baseUrl: string, session: ManagementClient, apiKey: string): Promise<bigint> {
  await spendAtOnce({ baseUrl, apiKey, connections: 1 }, [plan]);
  const find = async () => (await session.transactions()).find(({ type }) => type === 'charge');
  await waitFor(async () => (await find()) !== undefined, { describe: 'a charge' });
  return -BigInt((await find())?.amountNanoUsd ?? 0);
}

async function waitUntilSettled(session: ManagementClient): Promise<void> {
  let held: (string | null)[] = [];
  const isSettled = async () => {
    held = (await listBudgets(session)).map(({ heldNanoUsd }) => heldNanoUsd);
    return held.every((amount) => amount === '0');
  };
  await waitFor(isSettled, {
    timeoutMs: healedMs,
    describe: () => `nothing to be held of budgets: ${held.join(', ')}`,
  });
}
