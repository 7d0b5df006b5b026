import { randomUUID } from 'node:crypto';
import { createMetrics, type Logger } from '@aggregator/service-kit';
import type { UsageConsumerContext } from '../consumers/usage-recorded.ts';
import type { Database } from '../database/open-database.ts';
import { createBillingEvents } from '../events.ts';
import { checkLedger } from '../ledger/check-ledger.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import { createTransaction } from '../transactions/create-transaction.ts';

/** The ledger alone, on a database of the caller, for commands that measure. */
export interface OpenLedger {
  context: UsageConsumerContext;
  /** Opens organisations with so much to spend each. */
  fund(orgIds: readonly string[], amountNanoUsd: bigint): Promise<void>;
  /** True if the ledger is consistent and has so many charges. */
  isWhole(charges: number): Promise<boolean>;
  close(): Promise<void>;
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export async function openLedger(database: Database): Promise<OpenLedger> {
  const events = createBillingEvents(silent, createMetrics('billing'));
  return {
    context: { database, events },
    async fund(orgIds, amountNanoUsd) {
      for (const organizationId of orgIds) {
        const idempotencyKey = randomUUID();
        await createTransaction(
          database,
          {
            ...{ organizationId, type: 'top_up', description: 'Top-up', idempotencyKey },
            amountNanoUsd: `${amountNanoUsd}`,
          },
          { actorOrgId: organizationId, signUpCreditNanoUsd: 0n, organizations: confirmedBefore },
        );
      }
    },
    async isWhole(charges) {
      const { isConsistent } = await checkLedger(database);
      return isConsistent && (await database.charge.count()) === charges;
    },
    close: () => database.$disconnect(),
  };
}
