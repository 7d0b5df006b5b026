import { randomUUID } from 'node:crypto';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import type { PartitionPosition } from '@aggregator/messaging';
import { createMetrics, type LogFields, type Logger, type Metrics } from '@aggregator/service-kit';
import { createTestDatabase } from '@aggregator/testing';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { createDatabase, type Database } from '../database/open-database.ts';
import { type BillingEvents, createBillingEvents } from '../events.ts';
import { createFinality, type Finality } from '../finality/finality.ts';
import type { LeaseContext } from '../leases/grant-lease.ts';
import { createStoreEpoch, type StoreEpoch } from '../leases/store-epoch.ts';
import { readAccounts } from '../ledger/accounts.ts';
import { checkLedger } from '../ledger/check-ledger.ts';
import { confirmedBefore, type OrganizationDirectory } from '../organizations/directory.ts';
import { createReconciler } from '../reconciliation/reconciler.ts';
import { recordWatermark } from '../spools/record-watermark.ts';
import { createTransaction } from '../transactions/create-transaction.ts';
import { toRecord } from './usage-event.ts';

export interface World {
  url: string;
  database: Database;
  admission: AdmissionStore;
  storeEpoch: StoreEpoch;
  organizations: OrganizationDirectory;
  events: BillingEvents;
  logs: { event: string; fields: LogFields }[];
  metrics: Metrics;
  finality: Finality;
  /** What the event log says of billing's position; at its end unless a test changes it. */
  log: { positions: PartitionPosition[] };
  config: LeaseContext['config'];
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
  /** Checks the ledger in portions of so many rows. */
  check(portion?: number): ReturnType<typeof checkLedger>;
  /**
   * A proxy's report, as from its beginning; then its spool has passed every mark that there was. `seq` is its last record.
   */
  passMarks(spoolId?: string, seq?: number): Promise<void>;
  /** Compares store and ledger so often; stranded leases have rested for `restMs`. */
  reconcile(steps?: number, restMs?: number): Promise<void>;
  /** One step as another instance does it. */
  joinReconciliation(): Promise<void>;
  /** The figure of a metric, by the text after its name. */
  figure(name: string): Promise<number>;
  close(): Promise<void>;
}

/** The spool of the events that `usageEvent` makes. */
const testSpool = 'spool-test';

/** A ledger on a separate database, with an empty counter store. */
export async function openWorld(config: Partial<World['config']> = {}): Promise<World> {
  const { url, drop } = await createTestDatabase({ service: 'billing' });
  const database = createDatabase({ url, connectionsMax: 10, onError: () => undefined });
  const logs: World['logs'] = [];
  const metrics = createMetrics('billing');
  const events = createBillingEvents(recordingLogger(logs), metrics);
  const log: World['log'] = { positions: [{ partition: 0, position: 0n, end: 0n }] };
  const finality = createFinality(database, { readPositions: async () => log.positions });
  const facts = {
    ...{ url, database, events, logs, metrics, finality, log },
    config: {
      ...{ leaseTargetNanoUsd: 1_000_000_000n, signUpCreditNanoUsd: 0n, chargeMinuteMaxNanoUsd: 10n ** 15n },
      ...config,
    },
  };
  const close = async () => {
    await database.$disconnect();
    await drop();
  };
  return makeWorld(facts, createMemoryAdmissionStore(), close);
}

const clock = () => new Date();

function makeWorld(
  facts: Pick<World, 'url' | 'database' | 'events' | 'logs' | 'metrics' | 'finality' | 'log' | 'config'>,
  admission: AdmissionStore,
  close: () => Promise<void>,
): World {
  const { database, events, config } = facts;
  const reconcilers = new Map<number, ReturnType<typeof createReconciler>>();
  const storeEpoch = createStoreEpoch(database, admission, events);
  const count = async (table: string) => {
    const [row] = await database.$queryRawUnsafe<{ n: bigint }[]>(`SELECT count(*) AS n FROM ${table}`);
    return Number(row?.n);
  };
  const world: World = {
    ...facts,
    organizations: confirmedBefore,
    admission,
    storeEpoch,
    withStore: (other) => makeWorld(facts, other, close),
    async fund(amountNanoUsd) {
      const organizationId = randomUUID();
      await createTransaction(
        database,
        {
          ...{ organizationId, type: 'top_up', description: 'Top-up', idempotencyKey: randomUUID() },
          amountNanoUsd: amountNanoUsd.toString(),
        },
        { actorOrgId: organizationId, signUpCreditNanoUsd: config.signUpCreditNanoUsd, organizations: confirmedBefore },
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
    check: (portion) => checkLedger(database, portion),
    async passMarks(spoolId = testSpool, seq = 0) {
      const report = { spoolId, epoch: 1, openRequests: 0, unshipped: 0, isClosed: false };
      const { mark } = await recordWatermark(database, { ...report, passed: null });
      await recordWatermark(database, { ...report, passed: { mark, seq } });
    },
    async reconcile(steps = 1, restMs = 0) {
      const reconciler =
        reconcilers.get(restMs) ?? createReconciler({ ...facts, admission, storeEpoch, restMs, clock });
      reconcilers.set(restMs, reconciler);
      await database.$executeRaw`DELETE FROM background_turn`;
      for (let step = 0; step < steps; step += 1) await reconciler.step();
    },
    joinReconciliation: () => createReconciler({ ...facts, admission, storeEpoch, restMs: 0, clock }).step(),
    async figure(name) {
      const { text } = await facts.metrics.read();
      const line = text.split('\n').find((other) => other.startsWith(name));
      return Number(line?.split(' ').at(-1) ?? Number.NaN);
    },
    close,
  };
  return world;
}

function recordingLogger(logs: World['logs']): Logger {
  const write = (event: string, fields: LogFields = {}) => void logs.push({ event, fields });
  return { debug: write, info: write, warn: write, error: write };
}
