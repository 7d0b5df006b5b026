import { createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { finishTurn, readTurn, takeTurn } from '../reconciliation/background-turn.ts';
import { checkLedger } from './check-ledger.ts';

const turnName = 'ledger_check';
/** The whole ledger is read: one instance does it, and then all rest for so long. */
const restMs = 30 * 60_000;

const checked = z.object({ faults: z.number() });

export interface LedgerWatch {
  /** Checks the ledger if nobody has of late, and shows what the last check found. Rejects where it takes too long. */
  step(): Promise<void>;
}

/** The check of the ledger, done always and not only when somebody asks for it. */
export function createLedgerWatch(database: Database, events: Pick<BillingEvents, 'ledgerChecked'>): LedgerWatch {
  const holder = createUuidV7();
  return {
    async step() {
      const last = await readTurn(database, turnName);
      const isDue = last === null || last.ageMs > restMs;
      if (isDue && (await takeTurn(database, turnName, holder, 60_000))) {
        const { faults, sumNanoUsd } = await checkLedger(database);
        await finishTurn(database, turnName, { faults: faults.length + (sumNanoUsd === '0' ? 0 : 1) });
      }
      const known = await readTurn(database, turnName);
      if (known !== null) events.ledgerChecked(checked.parse(known.result).faults, known.ageMs);
    },
  };
}
