/**
 * The fault rig: `npm run test:faults [-- --seed <n>] [-- --seeds <count>]`. Each seed is a plan of faults under load; the
 * ledger of the mock provider is the truth. Without words it runs the quick form. Ends with "N passed, N failed".
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestPostgres, waitFor } from '@aggregator/testing';
import { root } from '../tidy/source-files.ts';
import type { ManagementClient } from '../world/management-client.ts';
import { type Deliveries, followUsage } from './deliveries.ts';
import { makePlan } from './plan.ts';
import { createDeliveries, runSeed } from './run-seed.ts';
import { readServers, type Servers } from './servers.ts';
import { type FaultWorld, startFaultWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    /** The first seed. */
    seed: { type: 'string', default: '1' },
    /** How many, one after the other. */
    seeds: { type: 'string', default: '10' },
    /** Longest time from the end of the last fault until everything is settled. */
    'settle-seconds': { type: 'string', default: '60' },
  },
});
const settleMs = Number(values['settle-seconds']) * 1000;
/** A new world after so many seeds. */
const seedsPerWorld = 20;
/** A hold that died with its process ends after the longest request and a minute. */
const holdsEndMs = 180_000;

const logFolder = join(root, 'var/faults');

let passed = 0;
let failed = 0;
const startedAt = performance.now();

async function runWorld(servers: Servers, first: number, end: number): Promise<number> {
  const world = await startFaultWorld(servers);
  let deliveries: Deliveries | null = null;
  const follower = await followUsage(world.eventLog, () => deliveries);
  const sessions: ManagementClient[] = [];
  let seed = first;
  try {
    for (let isSound = true; isSound && seed < end; seed += 1) {
      deliveries = createDeliveries(seed);
      isSound = await runOne(world, seed, deliveries, sessions);
    }
    await countHolds(sessions);
  } finally {
    await follower.close();
    await world.stop();
  }
  return seed;
}

/** False if the world is not sound any more. */
async function runOne(world: FaultWorld, seed: number, deliveries: Deliveries, sessions: ManagementClient[]) {
  const plan = makePlan(seed);
  const text = plan.faults.map(({ at, fault }) => `${at}: ${JSON.stringify(fault)}`).join('  ');
  try {
    const result = await runSeed(world, plan, deliveries, settleMs);
    const figures = `${result.served} served, ${result.provided} at the provider, settled after ${Math.round(result.settledMs / 100) / 10} s`;
    if (result.faults.length === 0) {
      passed += 1;
      sessions.push(result.session);
      write(`seed ${seed} passed: ${figures}  ${text}`);
      return true;
    }
    write(`seed ${seed} FAILED: ${figures}  ${text}\n  ${result.faults.slice(0, 20).join('\n  ')}`);
  } catch (error) {
    write(`seed ${seed} FAILED: ${text}\n  ${error instanceof Error ? error.stack : error}`);
  }
  write(`logs of the services: ${keepLogs(world, seed)}`);
  failed += 1;
  return false;
}

function keepLogs(world: FaultWorld, seed: number): string {
  mkdirSync(logFolder, { recursive: true });
  const path = join(logFolder, `seed-${seed}.log`);
  writeFileSync(path, world.readLogs());
  return path;
}

/** No hold of any seed outlives its time. */
async function countHolds(sessions: readonly ManagementClient[]): Promise<void> {
  for (const session of sessions) {
    await waitFor(async () => (await session.balance()).heldNanoUsd === '0', {
      ...{ timeoutMs: holdsEndMs, describe: 'every hold to end' },
    }).catch((error: unknown) => {
      failed += 1;
      write(String(error));
    });
  }
}

function write(line: string): void {
  const minutes = Math.round((performance.now() - startedAt) / 6000) / 10;
  process.stdout.write(`[${minutes} min] ${line}\n`);
}

try {
  const servers = readServers(process.env);
  process.env.TEST_POSTGRES_URL = (await startTestPostgres(process.env.POSTGRES_URL)).url;
  const end = Number(values.seed) + Number(values.seeds);
  if (!servers.canBeKilled) write('No commands to kill servers: their connections are cut instead.');
  for (let seed = Number(values.seed); seed < end; ) {
    seed = await runWorld(servers, seed, Math.min(end, seed + seedsPerWorld)).catch((error: unknown) => {
      failed += 1;
      write(`A world ended: ${error instanceof Error ? error.stack : error}`);
      return seed + 1;
    });
  }
} catch (error) {
  failed += 1;
  write(error instanceof Error ? String(error.stack) : String(error));
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
