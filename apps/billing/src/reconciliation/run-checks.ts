import { createUuidV7 } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { finishTurn, readTurn, takeTurn } from './background-turn.ts';
import type { Check } from './check.ts';
import { noteOutcome } from './note-outcome.ts';

export interface CheckContext {
  readonly database: Database;
  readonly events: BillingEvents;
  readonly clock: () => Date;
}

const turnTtlMs = 120_000;

/** Makes a step of a check: runs it if no instance has within its interval, and reports how old the last run is. */
export function createCheckRunner({ database, events, clock }: CheckContext, check: Check): () => Promise<void> {
  const holder = createUuidV7();
  const name = `check_${check.kind}`;
  const startedAtMs = performance.now();
  const noteAge = (ageMs: number | undefined) => events.checkAge(check, ageMs ?? performance.now() - startedAtMs);
  const run = async (result: unknown) => {
    const outcome = await check.run(result);
    if (outcome === null) return;
    events.differencesFound(check.kind, await noteOutcome(database, clock(), check.kind, outcome));
    await finishTurn(database, name, outcome.next ?? null);
  };
  return async () => {
    const last = await readTurn(database, name);
    const isDue = last === null || last.ageMs >= check.intervalMs;
    if (!isDue || !(await takeTurn(database, name, holder, turnTtlMs))) return noteAge(last?.ageMs);
    try {
      await run(last?.result ?? null);
    } finally {
      noteAge((await readTurn(database, name))?.ageMs);
    }
  };
}
