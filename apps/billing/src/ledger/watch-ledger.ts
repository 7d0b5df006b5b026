import { createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { finishTurn, readTurn, takeTurn } from '../reconciliation/background-turn.ts';
import { checkLedger } from './check-ledger.ts';
import { foldAnew, foldNext, isFoldYoung } from './fold-ledger.ts';

/** Its result has the number of faults. */
export const ledgerTurn = 'ledger_check';
/** One instance checks, and then all rest for so long. */
const restMs = 30 * 60_000;
/** Transfers are read again from the first so often: a change of an old one is found by then. */
const wholeHours = 24;
/** Slices of transfers in one step; a large ledger takes several steps to be read again. */
const slicesMax = 20;

const checked = z.object({ faults: z.number() });

export interface LedgerWatch {
  /**
   * Checks the ledger if no instance has of late, and shows what the last check found. It reads what is new since the last
   * check, and once a day all of it. A fault is reported once all was read again.
   */
  step(): Promise<void>;
}

/** The periodic check of the ledger, without a request for it. */
export function createLedgerWatch(database: Database, events: Pick<BillingEvents, 'ledgerChecked'>): LedgerWatch {
  const holder = createUuidV7();
  return {
    async step() {
      const last = await readTurn(database, ledgerTurn);
      const isDue = last === null || last.ageMs > restMs;
      if (isDue && (await takeTurn(database, ledgerTurn, holder, 60_000))) {
        const faults = await checkAll(database);
        if (faults !== null) await finishTurn(database, ledgerTurn, { faults });
      }
      const known = await readTurn(database, ledgerTurn);
      if (known !== null) events.ledgerChecked(checked.parse(known.result).faults, known.ageMs);
    },
  };
}

/** Returns the number of faults; null if the next step has to continue reading. */
async function checkAll(database: Database): Promise<number | null> {
  if (!(await isFoldYoung(database, wholeHours))) await foldAnew(database);
  if (!(await foldSome(database))) return null;
  const faults = await countFaults(database);
  if (faults === 0) return 0;
  await foldAnew(database);
  return (await foldSome(database)) ? countFaults(database) : null;
}

/** True if all that can be folded is folded. */
async function foldSome(database: Database): Promise<boolean> {
  for (let slice = 0; slice < slicesMax; slice += 1) if (await foldNext(database)) return true;
  return false;
}

async function countFaults(database: Database): Promise<number> {
  const { faults, sumNanoUsd } = await checkLedger(database);
  return faults.length + (sumNanoUsd === '0' ? 0 : 1);
}
