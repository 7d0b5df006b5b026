import { randomUUID } from 'node:crypto';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLeaseDesk } from '../leases/lease-desk.ts';
import { declareSpoolLost } from '../spools/declare-lost.ts';
import { recordWatermark } from '../spools/record-watermark.ts';
import { findSilentSpools } from '../spools/watch-silence.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ leaseTargetNanoUsd: 100_000n });
});
afterAll(() => world.close());

const hold = { rates: [], concurrency: [], holdTtlMs: 60_000 };
const creditOf = async (store: AdmissionStore, orgId: string) => (await store.readCredit(orgId)).creditNanoUsd;
const report = { openRequests: 0, unshipped: 0, isClosed: false, passed: null };

/** A world with a separate counter store, so that organisations of other tests have nothing there. */
async function openStore(amountNanoUsd: bigint): Promise<{ of: World; orgId: string }> {
  const of = await openWorld({ leaseTargetNanoUsd: 100_000n });
  return { of, orgId: await of.fund(amountNanoUsd) };
}

describe('R1', () => {
  it('takes credit away at once that the ledger does not back, shows it, and shows 0 in the next round (I2)', async () => {
    const { of, orgId } = await openStore(10_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    await of.admission.grantCredit({ orgId, leaseId: 'forged', amountNanoUsd: 70_000n });

    await of.reconcile();
    expect(await creditOf(of.admission, orgId)).toBe(100_000n);
    expect(await of.figure('billing_unreconciled_nano_usd')).toBe(70_000);
    expect(await of.figure('billing_reconciled_nano_usd_total{kind="unbacked_credit"')).toBe(70_000);
    expect(of.logs.map(({ event }) => event)).toContain('credit_unbacked');

    await of.reconcile();
    expect(await of.figure('billing_unreconciled_nano_usd')).toBe(0);
    expect(await of.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
    await of.close();
  });

  it('takes away credit of an organisation whose leased money is all spent', async () => {
    const { of, orgId } = await openStore(10_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    await of.handle(usageEvent({ orgId, costNanoUsd: 150_000 }));
    expect((await of.balances(orgId)).leased).toBe(0n);

    await of.reconcile();
    expect(await creditOf(of.admission, orgId)).toBe(0n);
    await of.close();
  });

  it('leaves alone what open requests hold and what is settled and not charged yet', async () => {
    const { of, orgId } = await openStore(10_000_000n);
    await of.passMarks();
    await createLeaseDesk(of).lease(orgId, 1000n);
    await of.admission.admit({ ...hold, orgId, requestId: 'open', holdNanoUsd: 30_000n });
    await of.admission.admit({ ...hold, orgId, requestId: 'done', holdNanoUsd: 20_000n });
    await of.admission.settle({ orgId, requestId: 'done', actualNanoUsd: 20_000n, actualCosts: {} });
    await of.reconcile(3);

    expect(await of.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
    expect(await of.admission.readCredit(orgId)).toMatchObject({ creditNanoUsd: 50_000n, heldNanoUsd: 30_000n });
    expect(await of.figure('billing_unreconciled_nano_usd')).toBe(0);
    await of.close();
  });

  it('returns what the store deducted for a settlement that billing refused', async () => {
    const { of, orgId } = await openStore(1_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    await of.admission.admit({ ...hold, orgId, requestId: 'wrong', holdNanoUsd: 1000n });
    await of.admission.settle({ orgId, requestId: 'wrong', actualNanoUsd: 3_000_000n, actualCosts: {} });
    expect(await creditOf(of.admission, orgId)).toBe(0n);
    await of.handle({ ...usageEvent({ orgId, costNanoUsd: 3000 }), amountNanoUsd: '3000000' });

    await of.reconcile();
    await of.passMarks();
    await of.reconcile();
    expect(await of.balances(orgId)).toEqual({ available: 1_000_000n, leased: 0n });
    await of.close();
  });

  it('withdraws credit that a replica still has after a fail-over: it may have been spent (I2)', async () => {
    const { of, orgId } = await openStore(10_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    const replica = createMemoryAdmissionStore();
    await replica.grantCredit({ orgId, leaseId: 'as before', amountNanoUsd: 100_000n });
    const after = of.withStore(replica);

    await after.storeEpoch.check();
    expect(await creditOf(replica, orgId)).toBe(0n);
    expect(await of.leaseStatuses(orgId)).toEqual(['stranded']);
    await of.close();
  });

  it('is done by one instance at a time, and every instance shows what came of it', async () => {
    const { of, orgId } = await openStore(10_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    await of.admission.grantCredit({ orgId, leaseId: 'forged', amountNanoUsd: 5n });
    await of.reconcile();
    const other = of.withStore({ ...of.admission, readCredit: () => Promise.reject(new Error('not my turn')) });
    await of.database.$executeRaw`UPDATE background_turn SET until = now() + interval '1 hour'`;
    await other.joinReconciliation();
    expect(await other.figure('billing_unreconciled_nano_usd')).toBe(5);
    await of.close();
  });

  it('moves no money while the store is away, and its age says so', async () => {
    const { of, orgId } = await openStore(10_000_000n);
    await createLeaseDesk(of).lease(orgId, 1000n);
    const away = of.withStore({ ...of.admission, readEpoch: () => Promise.reject(new Error('away')) });
    await expect(away.reconcile()).rejects.toThrow('away');
    expect(await of.balances(orgId)).toEqual({ available: 9_900_000n, leased: 100_000n });
    expect(await of.figure('billing_reconciliation_age_seconds')).toBeGreaterThan(0);
    await of.close();
  });
});

describe('a spool that has fallen silent', () => {
  /** An organisation with 100,000 lost at the store, which spool `dead` may have spent. */
  async function loseStore() {
    const { of, orgId } = await openStore(10_000_000n);
    await of.passMarks('dead');
    await createLeaseDesk(of).lease(orgId, 1000n);
    expect(await findSilentSpools(of.database, 0)).toBe(1);
    const after = of.withStore(createMemoryAdmissionStore());
    await after.reconcile();
    await after.passMarks();
    await after.reconcile(2);
    return { orgId, after };
  }

  it('keeps the money of organisations that had leases while it lived, and shows it (I2)', async () => {
    const { orgId, after } = await loseStore();
    expect((await after.balances(orgId)).leased).toBe(100_000n);
    expect(await after.figure('billing_stranded_nano_usd{reason="spool_silent"')).toBe(100_000);
    await after.close();
  });

  it('does not keep the money of organisations whose first lease is younger', async () => {
    const { after } = await loseStore();
    const orgId = await after.fund(10_000_000n);
    await createLeaseDesk(after).lease(orgId, 1000n);
    const next = after.withStore(createMemoryAdmissionStore());
    await next.reconcile();
    await next.passMarks();
    await next.reconcile();
    expect(await next.balances(orgId)).toEqual({ available: 10_000_000n, leased: 0n });
    await after.close();
  });

  it('keeps none once it has returned, settled and passed', async () => {
    const { orgId, after } = await loseStore();
    await after.handle(usageEvent({ orgId, costNanoUsd: 60_000, spool: { id: 'dead', epoch: 1, seq: 1 } }));
    await after.passMarks('dead', 1);
    await after.passMarks();
    await after.reconcile();
    expect(await after.balances(orgId)).toEqual({ available: 9_940_000n, leased: 0n });
    await after.close();
  });

  it('keeps none once an operator has declared it lost, until it reports again', async () => {
    const { orgId, after } = await loseStore();
    expect(await declareSpoolLost(after.database, 'dead')).toBe(true);
    expect(await declareSpoolLost(after.database, 'never seen')).toBe(false);
    const audited = await after.database.auditEntry.findMany({ where: { action: 'spool_declared_lost' } });
    expect(audited.map(({ subjectId }) => subjectId)).toEqual(['dead']);
    await after.passMarks();
    await after.reconcile();
    expect(await after.balances(orgId)).toEqual({ available: 10_000_000n, leased: 0n });

    await recordWatermark(after.database, { ...report, spoolId: 'dead', epoch: 2 });
    await after.finality.refresh();
    expect(after.finality.judge({ mark: 10_000n, since: 0n })).toBe('spool_behind');
    await after.close();
  });
});

describe('a watermark', () => {
  const judgeNow = async () => {
    const [row] = await world.database.$queryRaw<{ mark: bigint }[]>`SELECT nextval('spool_mark') AS mark`;
    return async () => {
      await world.finality.refresh();
      return world.finality.judge({ mark: row?.mark ?? 0n, since: 0n });
    };
  };

  it('counts a spool as passed that has closed and left nothing, until it is opened again', async () => {
    const spoolId = randomUUID();
    await recordWatermark(world.database, { ...report, spoolId, epoch: 1 });
    const judge = await judgeNow();
    expect(await judge()).toBe('spool_behind');
    await recordWatermark(world.database, { ...report, spoolId, epoch: 1, isClosed: true });
    expect(await judge()).toBeNull();
    const later = await judgeNow();
    expect(await later()).toBeNull();
    await recordWatermark(world.database, { ...report, spoolId, epoch: 2 });
    expect(await later()).toBe('spool_behind');
    expect(await judge()).toBeNull();
    await recordWatermark(world.database, { ...report, spoolId, epoch: 2, isClosed: true });
  });

  it('is refused from a process whose spool another one has opened', async () => {
    const spoolId = randomUUID();
    await recordWatermark(world.database, { ...report, spoolId, epoch: 2, isClosed: true });
    await expect(recordWatermark(world.database, { ...report, spoolId, epoch: 1 })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('passes no mark that the spool was never given', async () => {
    const spoolId = randomUUID();
    await recordWatermark(world.database, { ...report, spoolId, epoch: 1 });
    const judge = await judgeNow();
    await recordWatermark(world.database, { ...report, spoolId, epoch: 1, passed: { mark: '9000000000', seq: 0 } });
    expect(await judge()).toBe('spool_behind');
    await declareSpoolLost(world.database, spoolId);
  });

  it('waits for a spool that is known by its events alone', async () => {
    const judge = await judgeNow();
    await world.handle(usageEvent({ orgId: await world.fund(10_000n), spool: { id: 'silent', epoch: 1, seq: 1 } }));
    expect(await judge()).toBe('spool_behind');
    await declareSpoolLost(world.database, 'silent');
    expect(await judge()).toBeNull();
  });
});
