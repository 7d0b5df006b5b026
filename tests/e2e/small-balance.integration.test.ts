import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { reviewPage, tokenAnswer, type UsageReview } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { root } from '../tidy/source-files.ts';
import { createManagementClient, type ManagementClient } from '../world/management-client.ts';
import { judgeSpending } from './judge-spending.ts';
import { type LedgerProvider, startLedgerProvider } from './ledger-provider.ts';
import { createRoundCounter, isReconciled, loseStore, queryDatabase, readFigure } from './money-figures.ts';
import { type Relay, startRelay } from './relay-to-server.ts';
import { signUp } from './sign-up.ts';
import { spendAtOnce } from './spend-at-once.ts';
import { planSpending } from './spending-plans.ts';
import { type Services, startServices } from './start-services.ts';

const createdItem = z.object({ output: z.array(z.object({ id: z.string() })) });
const creditNanoUsd = 50_000_000n;
const requests = 500;
const connections = 100;
/** Nano-USD a token; `CUSTOM_PRICES` says the same in dollars for a million. */
const prices = {
  m1: { input: 3000n, output: 15_000n },
  m2: { input: 150n, output: 10n },
  e1: { input: 3000n, output: 0n },
};
const customPrices = { m1: { input: '3', output: '15' }, m2: { input: '0.15', output: '0.01' }, e1: { input: '3' } };
/** Longer than leased money rests, and than a Kafka client waits for a connection, a request or all of its retries. */
const kafkaAwayMs = 12_000;
const healedMs = 60_000;
const excessFigure = 'billing_provider_excess_nano_usd_total';
const keyPrefix = `t${randomBytes(6).toString('hex')}:`;

let provider: LedgerProvider;
let services: Services;
let redis: Redis;
let kafka: Relay;
let cutAtMs = 0;
const databases = { auth: '', billing: '' };
let operator: ManagementClient;

beforeAll(async () => {
  provider = await startLedgerProvider();
  redis = new Redis(process.env.REDIS_URL ?? '');
  const [host = '', port] = (process.env.KAFKA_BROKERS ?? '').split(',')[0]?.split(':') ?? [];
  kafka = await startRelay({ host, port: Number(port) });
  const extra = {
    REDIS_KEY_PREFIX: keyPrefix,
    SIGN_UP_CREDIT_NANO_USD: String(creditNanoUsd),
    STRANDED_LEASE_RELEASE_MS: '1000',
    DEFAULT_REQUESTS_PER_MINUTE: '100000',
    MANAGEMENT_REQUESTS_PER_MINUTE: '100000',
    LOG_LEVEL: 'error',
    MOCK_PROVIDER: 'false',
    CUSTOM_NAME: 'ledger',
    CUSTOM_BASE_URL: `${provider.url}/v1`,
    CUSTOM_MODELS: 'm1,m2,e1',
    CUSTOM_PRICES: JSON.stringify(customPrices),
    DIVERT_PORTS: `${port}:${kafka.port}`,
  };
  services = await startServices(extra, (_service, file, environment) => {
    databases.auth = environment.AUTH_DATABASE_URL ?? '';
    databases.billing = environment.BILLING_DATABASE_URL ?? '';
    const divert = join(root, 'tests/e2e/divert-connections.ts');
    return spawn(process.execPath, ['--import', divert, file], {
      ...{ cwd: root, env: environment, stdio: ['ignore', 'ignore', 'ignore'] },
    });
  });
  operator = await signUpOperator();
});
afterAll(async () => {
  await services?.stop();
  await kafka?.close();
  await redis?.quit();
  await provider?.close();
});

/** An administrator of the installation, as the seed makes one. */
async function signUpOperator(): Promise<ManagementClient> {
  const stranger = createManagementClient(services.baseUrl, null);
  const account = { email: `admin-${crypto.randomUUID()}@example.com`, password: crypto.randomUUID() };
  await stranger.request('POST', '/v1/auth/register', { ...account, name: 'Operator' });
  await queryDatabase(databases.auth, `UPDATE "user" SET is_operator = true WHERE email = $1`, [account.email]);
  const { json } = await stranger.request('POST', '/v1/auth/login', account);
  return createManagementClient(services.baseUrl, tokenAnswer.parse(json).accessToken);
}

async function listReviews(): Promise<UsageReview[]> {
  const found: UsageReview[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { json } = await operator.request('GET', `/v1/billing/reviews?limit=100${query}`);
    const page = reviewPage.parse(json);
    found.push(...page.data);
    cursor = page.nextCursor;
  }
  return found;
}

/** Requests whose charge is flagged as an estimate. */
async function listEstimated(): Promise<Set<string>> {
  const rows = await queryDatabase(databases.billing, 'SELECT request_id::text AS id FROM charge WHERE estimated');
  return new Set(rows.map(({ id }) => id ?? ''));
}

/** What is on the platform's loss, in nano-USD. */
async function readLoss(): Promise<bigint> {
  const rows = await queryDatabase(databases.billing, `SELECT balance::text FROM account WHERE kind = 'platform_loss'`);
  return -BigInt(rows[0]?.balance ?? 0);
}

/** Waits until a whole round has begun and ended after this moment, and counter store and ledger agree: 60 s at most. */
async function waitUntilReconciled(): Promise<void> {
  const rounds = createRoundCounter(services.baseUrl);
  await waitFor(async () => (await rounds.next()) > 2 && (await isReconciled(services.baseUrl)), {
    timeoutMs: healedMs,
    describe: 'no unreconciled money',
  });
}

/** A flushed store alone; the event log away with it, and a proxy that dies with requests in hand. */
const faults = {
  'the counter store loses its data': {
    isKilled: false,
    during: (done: number) => (done === 150 ? loseStore(redis, keyPrefix) : undefined),
    after: async () => undefined,
  },
  'the event log is away, the proxy dies and the counter store loses its data': {
    isKilled: true,
    during: (done: number) => {
      if (done === 60) {
        cutAtMs = performance.now();
        kafka.set('cut');
      }
      return done === 150 ? services.restart('proxy') : undefined;
    },
    after: async (spendAgain: () => Promise<unknown>) => {
      await loseStore(redis, keyPrefix);
      await waitFor(() => performance.now() - cutAtMs > kafkaAwayMs, { describe: 'the event log to be away for long' });
      await spendAgain();
      kafka.set('open');
    },
  },
};

describe('500 requests of every kind at once on five cents', () => {
  it.each(Object.entries(faults))(
    '%s: the balance is never exceeded, and what providers invent is flagged (I2, I7)',
    async (_name, { isKilled, during, after }) => {
      const lossBefore = await readLoss();
      const alertedBefore = await readFigure(services.baseUrl, excessFigure);
      const callsBefore = provider.calls.length;
      const { apiKey, session } = await signUp(services.baseUrl);
      const client = createManagementClient(services.baseUrl, apiKey);
      const itemId = await createItem(client);
      const crowd = { baseUrl: services.baseUrl, apiKey, connections };

      const begun: Promise<void>[] = [];
      const onProgress = (done: number) => {
        const fault = during(done);
        if (fault !== undefined) begun.push(fault);
      };
      const untilBack = () => Promise.all(begun);
      const spent = await spendAtOnce({ ...crowd, onProgress, untilBack }, planSpending(requests, itemId));
      await Promise.all(begun);
      expect(begun).toHaveLength(1);
      await after(() => spendAtOnce(crowd, planSpending(connections, itemId)));
      await waitUntilReconciled();
      // What the fault has set free may be spent, and nothing more.
      await spendAtOnce(crowd, planSpending(connections, itemId));

      const judge = async () => {
        const [transactions, reviews, estimated] = [session.transactions(), listReviews(), listEstimated()];
        const calls = provider.calls.slice(callsBefore);
        const found = { calls, transactions: await transactions, reviews: await reviews, estimated: await estimated };
        return judgeSpending(found, prices, isKilled);
      };
      const isSettled = async () =>
        (await isReconciled(services.baseUrl)) &&
        (await client.balance()).heldNanoUsd === '0' &&
        (await judge()).faults.length === 0;
      await waitFor(isSettled, { timeoutMs: healedMs, describe: 'every call to be charged' }).catch(() => undefined);
      const judged = await judge();
      expect(judged.faults).toEqual([]);
      expect(judged.charged).toBeLessThanOrEqual(creditNanoUsd);
      expect(judged.charged).toBeGreaterThan(creditNanoUsd / 2n);
      expect(judged.spent).toBeLessThanOrEqual(creditNanoUsd + judged.tolerance);
      expect(await client.balance()).toMatchObject({
        ...{ balanceNanoUsd: String(creditNanoUsd - judged.charged), heldNanoUsd: '0' },
      });
      expect(await isReconciled(services.baseUrl)).toBe(true);
      const served = spent.filter(({ status }) => status === 200);
      expect(new Set(served.map(({ kind }) => kind)).size).toBeGreaterThan(9);

      // What providers claim beyond the bounds, and nothing else, is the platform's loss; the alert watches both counters.
      expect(judged.excess).toBeGreaterThan(0n);
      expect((await readLoss()) - lossBefore).toBe(judged.excess);
      expect(await readFigure(services.baseUrl, 'billing_platform_loss_nano_usd_total')).toBe(0);
      const alerted = (await readFigure(services.baseUrl, excessFigure)) - alertedBefore;
      expect(alerted / Number(judged.excess)).toBeCloseTo(1);
    },
    240_000,
  );
});

/** An answer of 200 words that later requests refer to. */
async function createItem(client: ManagementClient): Promise<string> {
  const { status, json } = await client.request('POST', '/v1/responses', {
    ...{ model: 'm2', max_output_tokens: 200, input: 'please write two hundred words' },
  });
  expect(status).toBe(200);
  return createdItem.parse(json).output[0]?.id ?? '';
}
