import { randomUUID } from 'node:crypto';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import { createMetrics, type LogFields, type Logger } from '@aggregator/service-kit';
import { createTestDatabase } from '@aggregator/testing';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { type Database, openDatabase } from '../database/open-database.ts';
import { type BillingEvents, createBillingEvents } from '../events.ts';
import { createStoreEpoch, type StoreEpoch } from '../leases/store-epoch.ts';
import { readAccounts } from '../ledger/accounts.ts';
import { checkLedger } from '../ledger/check-ledger.ts';
import { createTransaction } from '../transactions/create-transaction.ts';
import { toRecord } from './usage-event.ts';

export interface World {
  url: string;
  database: Database;
  admission: AdmissionStore;
  storeEpoch: StoreEpoch;
  events: BillingEvents;
  logs: { event: string; fields: LogFields }[];
  config: { leaseTargetNanoUsd: bigint; signUpCreditNanoUsd: bigint };
  /** The same ledger with another counter store: what is left after the store has lost its data. */
  withStore(admission: AdmissionStore): World;
  /** An organisation with so much to spend. */
  fund(amountNanoUsd: bigint): Promise<string>;
  handle(...events: unknown[]): Promise<string[]>;
  balances(orgId: string): Promise<{ available: bigint; leased: bigint }>;
  /** Balance of one of the platform's accounts. */
  platform(kind: string): Promise<bigint>;
  count(table: 'transfer' | 'charge' | 'inbox' | 'quarantine' | 'statement_line' | 'outbox'): Promise<number>;
  leaseStatuses(orgId: string): Promise<string[]>;
  check(): ReturnType<typeof checkLedger>;
  close(): Promise<void>;
}

/** A ledger on a database of its own, with an empty counter store. */
export async function openWorld(config: Partial<World['config']> = {}): Promise<World> {
  const { url, drop } = await createTestDatabase({ service: 'billing' });
  const database = openDatabase({ url, connectionsMax: 10, onError: () => undefined });
  const logs: World['logs'] = [];
  const events = createBillingEvents(recordingLogger(logs), createMetrics('billing'), {
    lowBalanceNanoUsd: 1_000_000n,
  });
  const facts = {
    ...{ url, database, events, logs },
    config: { leaseTargetNanoUsd: 1_000_000_000n, signUpCreditNanoUsd: 0n, ...config },
  };
  const close = async () => {
    await database.$disconnect();
    await drop();
  };
  return makeWorld(facts, createMemoryAdmissionStore(), close);
}

function makeWorld(
  facts: Pick<World, 'url' | 'database' | 'events' | 'logs' | 'config'>,
  admission: AdmissionStore,
  close: () => Promise<void>,
): World {
  const { database, events, config } = facts;
  const count = async (table: string) => {
    const [row] = await database.$queryRawUnsafe<{ n: bigint }[]>(`SELECT count(*) AS n FROM ${table}`);
    return Number(row?.n);
  };
  const world: World = {
    ...facts,
    admission,
    storeEpoch: createStoreEpoch(database, admission, events),
    withStore: (other) => makeWorld(facts, other, close),
    async fund(amountNanoUsd) {
      const organizationId = randomUUID();
      await createTransaction(
        database,
        {
          ...{ organizationId, type: 'top_up', description: 'Top-up', idempotencyKey: randomUUID() },
          amountNanoUsd: amountNanoUsd.toString(),
        },
        { actorOrgId: organizationId, signUpCreditNanoUsd: config.signUpCreditNanoUsd },
      );
      return organizationId;
    },
    async handle(...bodies) {
      const { rejected } = await handleUsageRecorded(world, bodies.map(toRecord));
      return rejected.map(({ reason }) => reason);
    },
    async balances(orgId) {
      const accounts = await readAccounts(database, orgId);
      return { available: accounts?.available ?? -1n, leased: accounts?.leased ?? -1n };
    },
    async platform(kind) {
      const account = await database.account.findFirstOrThrow({ where: { orgId: null, kind } });
      return account.balance;
    },
    count,
    async leaseStatuses(orgId) {
      const rows = await database.lease.findMany({ where: { orgId }, orderBy: { createdAt: 'asc' } });
      return rows.map(({ status }) => status);
    },
    check: () => checkLedger(database),
    close,
  };
  return world;
}

function recordingLogger(logs: World['logs']): Logger {
  const write = (event: string, fields: LogFields = {}) => void logs.push({ event, fields });
  return { debug: write, info: write, warn: write, error: write };
}
