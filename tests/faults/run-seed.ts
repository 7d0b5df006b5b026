import { type ServiceName, serviceNames } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { signUp } from '../e2e/sign-up.ts';
import type { ManagementClient } from '../world/management-client.ts';
import { createRandom, runMixedLoad } from '../world/mixed-load.ts';
import { applyFault, heal } from './apply-fault.ts';
import type { Deliveries } from './deliveries.ts';
import { judge } from './judge.ts';
import { type Plan, requestsOfPlan } from './plan.ts';
import type { FaultWorld } from './world.ts';

export interface SeedResult {
  /** Empty when nothing is lost, doubled or different. */
  faults: string[];
  /** From the end of the last fault until everything was settled, in milliseconds. */
  settledMs: number;
  /** Requests that reached the provider. */
  provided: number;
  /** Requests that the clients received with status 200. */
  served: number;
  session: ManagementClient;
}

const connections = 12;
const requestsAfter = 20;
const creditNanoUsd = 5_000_000_000n;

/** One plan on a running world: load with faults, then an end of all faults, then the comparison. */
export async function runSeed(
  world: FaultWorld,
  plan: Plan,
  deliveries: Deliveries,
  settleMs: number,
): Promise<SeedResult> {
  const { services, provider } = world;
  const { apiKey, session } = await signUp(services.baseUrl);
  await waitForCredit(session);
  const before = provider.ledger.records().length;
  const load = { baseUrl: services.baseUrl, apiKey, connections };
  const begun: Promise<unknown>[] = [];
  const waiting = [...plan.faults];
  const seen = await runMixedLoad({
    ...load,
    ...{ requests: requestsOfPlan, seed: plan.seed },
    onProgress(done) {
      for (const next of waiting.filter(({ at }) => at <= done)) {
        waiting.splice(waiting.indexOf(next), 1);
        begun.push(applyFault(world, next.fault, deliveries));
      }
    },
  });
  await Promise.all(begun);
  await heal(world, serviceNames as readonly ServiceName[]);
  const healedAt = performance.now();
  let last: number | null = null;
  const isServed = async () => {
    const [one] = await runMixedLoad({ ...load, requests: 1, seed: 1 });
    last = one?.status ?? null;
    return last === 200;
  };
  await waitFor(isServed, { describe: () => `a request to be served after the faults (I24), not status ${last}` });
  seen.push(...(await runMixedLoad({ ...load, requests: requestsAfter, seed: plan.seed + 1 })));

  const judgeNow = () => {
    const records = provider.ledger.records().slice(before);
    return judge(world, session, { records, seen, deliveries, creditNanoUsd });
  };
  let faults = ['not compared'];
  const isSettled = async () => {
    faults = await judgeNow();
    return faults.length === 0;
  };
  const error = await waitFor(isSettled, { timeoutMs: settleMs, describe: 'everything to be settled' }).then(
    () => null,
    (reason: Error) => reason,
  );
  return {
    faults:
      error === null ? [] : [...faults, ...(error.cause === undefined ? [] : [`last comparison: ${error.cause}`])],
    ...{ settledMs: performance.now() - healedAt, session },
    provided: provider.ledger.records().length - before,
    served: seen.filter(({ status }) => status === 200).length,
  };
}

export function createDeliveries(seed: number): Deliveries {
  return { seen: [], poison: new Set(), forged: new Set(), random: createRandom(seed) };
}

async function waitForCredit(session: ManagementClient): Promise<void> {
  await waitFor(async () => BigInt((await session.balance()).balanceNanoUsd) === creditNanoUsd, {
    describe: 'the credit of a new organisation',
  });
}
