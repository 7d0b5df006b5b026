/**
 * `npm run test:budgets`: 500 requests at once over three proxies against budgets of four levels, with killed proxies and a
 * lost counter store, for twenty seeds on the servers of the environment. Words after it are seeds: `npm run test:budgets -- 7 8`.
 * The last line is always "N passed, N failed".
 */
import { randomBytes } from 'node:crypto';
import { startTestPostgres } from '@aggregator/testing';
import { Redis } from 'ioredis';
import { budgetEnvironment, budgetProxies, runBudgetSeed } from './budget-seed.ts';
import { startServices } from './start-services.ts';

const seedsDefault = Array.from({ length: 20 }, (_, index) => index + 1);

async function main(): Promise<void> {
  const given = process.argv.slice(2).map(Number);
  const seeds = given.length === 0 ? seedsDefault : given;
  const keyPrefix = `t${randomBytes(6).toString('hex')}:`;
  const postgres = await startTestPostgres(process.env.POSTGRES_URL);
  process.env.TEST_POSTGRES_URL = postgres.url;
  const redis = new Redis(process.env.REDIS_URL ?? '');
  const environment = { ...budgetEnvironment, REDIS_KEY_PREFIX: keyPrefix, LOG_LEVEL: 'error' };
  const services = await startServices(environment, undefined, { proxies: budgetProxies });
  let failed = 0;
  try {
    for (const seed of seeds) if (!(await runsWell({ services, redis, keyPrefix }, seed))) failed += 1;
  } finally {
    await services.stop();
    await redis.quit();
    await postgres.stop();
  }
  process.stdout.write(`${seeds.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function runsWell(world: Parameters<typeof runBudgetSeed>[0], seed: number): Promise<boolean> {
  try {
    const { served, refused, spentNanoUsd, faults } = await runBudgetSeed(world, seed);
    process.stdout.write(`seed ${seed}: ${served} served, ${refused} refused, ${spentNanoUsd} nano-USD\n`);
    for (const fault of faults) process.stdout.write(`seed ${seed}: ${fault}\n`);
    return faults.length === 0;
  } catch (error) {
    process.stdout.write(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

await main();
