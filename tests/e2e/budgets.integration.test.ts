import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { budgetEnvironment, budgetProxies, runBudgetSeed } from './budget-seed.ts';
import { type Services, startServices } from './start-services.ts';

const keyPrefix = `t${randomBytes(6).toString('hex')}:`;

let services: Services;
let redis: Redis;
beforeAll(async () => {
  redis = new Redis(process.env.REDIS_URL ?? '');
  const environment = { ...budgetEnvironment, REDIS_KEY_PREFIX: keyPrefix, LOG_LEVEL: 'error' };
  services = await startServices(environment, undefined, { proxies: budgetProxies });
});
afterAll(async () => {
  await services?.stop();
  await redis?.quit();
});

// `npm run test:budgets` runs twenty seeds.
it.each([1, 2])(
  'exceeds no budget with three proxies that die and a lost counter store, seed %i (I2)',
  async (seed) => {
    const { faults, refused } = await runBudgetSeed({ services, redis, keyPrefix }, seed);
    expect(faults).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  },
  240_000,
);
