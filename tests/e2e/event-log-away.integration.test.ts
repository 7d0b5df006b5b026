import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { root } from '../tidy/source-files.ts';
import { createManagementClient } from '../world/management-client.ts';
import { createRoundCounter, isReconciled, loseStore, readFigure } from './money-figures.ts';
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
});
afterAll(async () => {
  await services?.stop();
  await redis?.quit();
});

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

    await loseStore(redis, keyPrefix);
    await waitFor(
      async () => (await readFigure(services.baseUrl, 'billing_stranded_nano_usd{reason="spool_behind"')) > 0,
      {
        describe: 'the lost leases to wait for the spool',
      },
    );
    const rounds = createRoundCounter(services.baseUrl);
    const before = await rounds.next();
    await waitFor(async () => (await rounds.next()) > before + 3, {
      describe: 'three more rounds of the reconciliation',
    });
    await spendUntilRefused();
    expect(spent).toBeLessThanOrEqual(creditNanoUsd);

    isLogThere = true;
    await services.restart('proxy');
    await waitFor(
      async () =>
        BigInt((await client.balance()).balanceNanoUsd) === creditNanoUsd - spent &&
        (await isReconciled(services.baseUrl)),
      { describe: 'all to be charged, and store and ledger to agree' },
    );
    await spendUntilRefused();
    expect(spent).toBeLessThanOrEqual(creditNanoUsd);
    expect(spent).toBeGreaterThanOrEqual(spentBefore);
    await waitFor(async () => BigInt((await client.balance()).balanceNanoUsd) === creditNanoUsd - spent, {
      describe: 'the last to be charged',
    });
    expect(await readFigure(services.baseUrl, 'billing_platform_loss_nano_usd_total')).toBe(0);
  }, 240_000);
});
