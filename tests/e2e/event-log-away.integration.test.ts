import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { defaultPorts } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { root } from '../tidy/source-files.ts';
import { createManagementClient } from '../world/management-client.ts';
import { signUp } from './sign-up.ts';
import { type Services, startServices } from './start-services.ts';

const creditNanoUsd = 2_000_000n;
const keyPrefix = `t${randomBytes(6).toString('hex')}:`;
/** Whether the proxy finds the event log. */
let isLogThere = false;
let services: Services;
let redis: Redis;
beforeAll(async () => {
  redis = new Redis(process.env.REDIS_URL ?? '');
  services = await startServices(
    {
      REDIS_KEY_PREFIX: keyPrefix,
      SIGN_UP_CREDIT_NANO_USD: String(creditNanoUsd),
      STRANDED_LEASE_RELEASE_MS: '1000',
    },
    (service, file, environment) =>
      spawn(process.execPath, [file], {
        cwd: root,
        env: { ...environment, ...(service === 'proxy' && !isLogThere && { KAFKA_BROKERS: '127.0.0.1:1' }) },
        stdio: ['ignore', 'ignore', 'ignore'],
      }),
  );
}, 120_000);
afterAll(async () => {
  await services?.stop();
  await redis?.quit();
}, 60_000);

/** Deletes all that the installation has in Redis, as FLUSHALL would. */
async function loseStore(): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${keyPrefix}*`, count: 1000 })) {
    if (keys.length > 0) await redis.del(keys);
  }
}

async function readFigure(name: string): Promise<number> {
  const url = new URL('/metrics', services.baseUrl);
  url.port = String(Number(url.port) + defaultPorts.billing - defaultPorts['api-gateway']);
  const text = await (await fetch(url)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('the event log away, and the counter store without its data', () => {
  it('lets no more be spent than the balance, and returns the rest afterwards (I2, I11)', async () => {
    const { apiKey } = await signUp(services.baseUrl);
    const client = createManagementClient(services.baseUrl, apiKey);
    let spent = 0n;
    const spendUntilRefused = async (): Promise<number> => {
      for (let served = 0; ; served += 1) {
        const { status, json } = await client.request('POST', '/v1/chat/completions', {
          model: 'mock-small',
          max_tokens: 200,
          messages: [{ role: 'user', content: `Request ${served}` }],
        });
        if (status !== 200) {
          expect(status).toBe(429);
          return served;
        }
        spent += BigInt((json as { usage: { cost_nano_usd: string } }).usage.cost_nano_usd);
      }
    };
    expect(await spendUntilRefused()).toBeGreaterThan(3);
    const spentBefore = spent;

    await loseStore();
    await waitFor(async () => (await readFigure('billing_stranded_nano_usd{reason="spool_behind"')) > 0, {
      timeoutMs: 30_000,
      describe: 'the lost leases to wait for the spool',
    });
    const rounds = await readRounds();
    await waitFor(async () => (await readRounds()) > rounds + 3, {
      timeoutMs: 60_000,
      describe: 'three more rounds of the reconciliation',
    });
    await spendUntilRefused();
    expect(spent).toBeLessThanOrEqual(creditNanoUsd);

    isLogThere = true;
    await services.restart('proxy');
    await waitFor(
      async () => BigInt((await client.balance()).balanceNanoUsd) === creditNanoUsd - spent && (await isSettled()),
      { timeoutMs: 60_000, describe: 'all to be charged, and store and ledger to agree' },
    );
    await spendUntilRefused();
    expect(spent).toBeLessThanOrEqual(creditNanoUsd);
    expect(spent).toBeGreaterThanOrEqual(spentBefore);
    await waitFor(async () => BigInt((await client.balance()).balanceNanoUsd) === creditNanoUsd - spent, {
      timeoutMs: 30_000,
      describe: 'the last to be charged',
    });
    expect(await readFigure('billing_platform_loss_nano_usd_total')).toBe(0);
  }, 240_000);
});

/** Rounds of the reconciliation so far, by what is written down of them. */
let finished = 0;
let lastAgeSeconds = Number.POSITIVE_INFINITY;
async function readRounds(): Promise<number> {
  const age = await readFigure('billing_reconciliation_age_seconds');
  if (age < lastAgeSeconds) finished += 1;
  lastAgeSeconds = age;
  return finished;
}

async function isSettled(): Promise<boolean> {
  const figures = await Promise.all([
    readFigure('billing_unreconciled_nano_usd'),
    readFigure('billing_stranded_nano_usd'),
  ]);
  return figures.every((figure) => figure === 0);
}
