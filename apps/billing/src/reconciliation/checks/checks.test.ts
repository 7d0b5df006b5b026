import { randomUUID } from 'node:crypto';
import { verifyAudit } from '@aggregator/database';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLeaseDesk } from '../../leases/lease-desk.ts';
import { createLedgerWatch } from '../../ledger/watch-ledger.ts';
import { openWorld, type World } from '../../testing/open-world.ts';
import { usageEvent } from '../../testing/usage-event.ts';
import type { Check } from '../check.ts';
import { countOpenDifferences } from '../differences.ts';
import { noteOutcome } from '../note-outcome.ts';
import { createCheckRunner } from '../run-checks.ts';
import { createEventsCheck } from './compare-events.ts';
import { createSpoolsCheck } from './find-missing-records.ts';
import { createHoldsCheck } from './find-old-holds.ts';
import { readLedgerHour } from './read-ledger-hour.ts';
import { createBooksCheck } from './verify-books.ts';

const hour = '2026-11-20T10:00:00.000Z';
const now = new Date('2026-11-20T12:20:00.000Z');

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const subjects = async (check: Check) => (await check.run(null))?.found.map(({ subject }) => subject);

describe('R2', () => {
  /** What analytics says; starts as what the ledger was sent. */
  const openCheck = (counted: Map<string, bigint>, position = 0n, end = 0n) =>
    createEventsCheck({
      ...{ database: world.database, clock: () => now },
      eventLog: { readPositions: async () => [{ partition: 0, position, end }] },
      readAnalyticsHour: async (at) => (at.toISOString() === hour ? counted : new Map()),
    });

  it('finds nothing if events, ledger and analytics are equal, and names the hour that it compared (I23)', async () => {
    const orgId = await world.fund(1_000_000n);
    await world.handle(usageEvent({ orgId, costNanoUsd: 700 }), usageEvent({ orgId, costNanoUsd: 41 }));
    const outcome = await openCheck(new Map([[`${orgId} gpt-4o-mini`, 741n]])).run(null);

    expect(outcome).toMatchObject({ found: [], facts: { comparedNanoUsd: '741', hours: '1' } });
    expect(outcome?.next).toEqual({ until: '2026-11-20T11:00:00.000Z' });
  });

  it('finds one nano-USD that analytics lacks, once it was found twice (I23)', async () => {
    const orgId = await world.fund(1_000_000n);
    await world.handle(usageEvent({ orgId, costNanoUsd: 700 }));
    const check = openCheck(new Map([[`${orgId} gpt-4o-mini`, 699n]]));

    expect(await check.run(null)).toBeNull();
    expect((await check.run(null))?.found).toMatchObject([
      { orgId, details: { hour, ledgerNanoUsd: '700', analyticsNanoUsd: '699' } },
    ]);
  });

  it('does not believe a difference that has another size in the next run', async () => {
    const orgId = await world.fund(1_000_000n);
    await world.handle(usageEvent({ orgId, costNanoUsd: 700 }));
    const counted = new Map([[`${orgId} gpt-4o-mini`, 1n]]);
    const check = openCheck(counted);
    expect(await check.run(null)).toBeNull();
    counted.set(`${orgId} gpt-4o-mini`, 700n);
    expect((await check.run(null))?.found).toEqual([]);
  });

  it('finds a charge whose transfers or statement line are not its amount (I6)', async () => {
    const orgId = await world.fund(1_000_000n);
    const requestId = randomUUID();
    await world.database.$executeRaw`
      INSERT INTO charge (request_id, event_id, org_id, user_id, operation, provider, model, usage, price, amount,
        estimated, outcome, time)
      VALUES (${requestId}::uuid, 'x', ${orgId}::uuid, ${orgId}::uuid, 'chat.completions', 'p', 'm', '{}', '{}', 41, false,
        'completed', ${hour}::timestamptz)`;
    const check = openCheck(new Map([[`${orgId} m`, 41n]]));
    await check.run(null);

    expect((await check.run(null))?.found).toMatchObject([
      { orgId, details: { chargedNanoUsd: '41', transferredNanoUsd: '0', statementNanoUsd: '0' } },
    ]);
  });

  it('reads an hour with more charges than a statement may read in portions, with the same sums (I23)', async () => {
    const orgId = await world.fund(1_000_000n);
    const minutes = ['00:00.000', '00:00.001', '00:00.001', '29:59.999', '30:00.000', '59:59.999'];
    const at = (time: string) => `2026-11-20T${time}Z`;
    const times = [...minutes.map((minute) => at(`10:${minute}`)), at('09:59:59.999'), at('11:00:00.000')];
    await world.handle(...times.map((time, index) => usageEvent({ orgId, time, costNanoUsd: 2 ** index })));

    const whole = await readLedgerHour(world.database, new Date(hour));
    expect([...whole.values()]).toEqual([{ charged: 63n, corrected: 0n, moved: 63n, lined: 63n }]);
    const statements = jest.spyOn(world.database, '$queryRaw');
    expect(await readLedgerHour(world.database, new Date(hour), 1)).toEqual(whole);
    expect(statements.mock.calls.length).toBeGreaterThan(2 * minutes.length);
    statements.mockRestore();
  });

  it('waits until both services have read what was in the event log', async () => {
    expect(await openCheck(new Map(), 3n, 4n).run(null)).toBeNull();
    expect(await openCheck(new Map(), 4n, 4n).run(null)).not.toBeNull();
  });
});

it('R4 names the first record of a spool that is missing for five minutes', async () => {
  const orgId = await world.fund(1_000_000n);
  const spool = { id: 'gapped', epoch: 1 };
  await world.handle(...[1, 3].map((seq) => usageEvent({ orgId, spool: { ...spool, seq } })));
  const check = createSpoolsCheck(world.database);

  expect(await subjects(check)).toEqual([]);
  await world.database.$executeRaw`
    UPDATE spool_watermark SET gap_since = now() - interval '6 minutes' WHERE spool_id = 'gapped'`;
  expect(await subjects(check)).toEqual(['record 2 of spool gapped, epoch 1']);
});

describe('R5', () => {
  const openBooks = () => createBooksCheck(world.database, world.url);
  const watch = async () => {
    await world.database.$executeRaw`DELETE FROM background_turn WHERE name = 'ledger_check'`;
    await createLedgerWatch(world.database, world.events).step();
  };

  it('finds nothing in whole books', async () => {
    await world.fund(1_000_000n);
    expect(await openBooks().run(null)).toBeNull();
    await watch();
    expect((await openBooks().run(null))?.found).toEqual([]);
  });

  it('names the account whose balance is not what its transfers make it, and its organisation (I6)', async () => {
    const orgId = await world.fund(1_000_000n);
    await world.database.$executeRaw`
      UPDATE account SET balance = balance + 1 WHERE org_id = ${orgId}::uuid AND kind = 'available'`;
    await watch();

    expect((await openBooks().run(null))?.found).toMatchObject([
      { orgId, details: { balanceNanoUsd: '1000001', foldedNanoUsd: '1000000' } },
      { orgId: null, subject: 'sum 1' },
    ]);
  });

  it('names the entry at which the chain of the audit is broken (I21)', async () => {
    await world.fund(1_000_000n);
    await watch();
    await world.database.$executeRawUnsafe('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    await world.database.$executeRaw`UPDATE audit_entry SET action = 'forged' WHERE sequence = 1`;

    expect(await subjects(openBooks())).toEqual([expect.stringMatching(/^audit: entry 1 /)]);
  });
});

it('R6 names the oldest hold of an organisation that is past its time for fifteen minutes (I1)', async () => {
  const orgId = await world.fund(1_000_000n);
  const [old, young] = [randomUUID(), randomUUID()];
  for (const [requestId, minutes] of [
    [old, 16],
    [young, 1],
  ] as const) {
    await world.database.$executeRaw`
      INSERT INTO request_hold (request_id, org_id, amount, expires_at)
      VALUES (${requestId}::uuid, ${orgId}::uuid, 5, now() - ${minutes} * interval '1 minute')`;
  }

  expect((await createHoldsCheck(world.database, world.events).run(null))?.found).toEqual([
    { orgId, subject: `hold of request ${old}`, details: { requestId: old, holds: '1', amountNanoUsd: '5' } },
  ]);
  expect(await world.figure('billing_oldest_hold_overdue_seconds')).toBeGreaterThan(900);
});

it('R1 keeps credit that the ledger did not back as a difference of its organisation (I2)', async () => {
  const orgId = await world.fund(10_000_000n);
  await createLeaseDesk(world).lease(orgId, 1000n);
  await world.admission.grantCredit({ orgId, leaseId: 'forged', amountNanoUsd: 70_000n });
  await world.reconcile();

  expect(await world.database.reconciliationDifference.findMany()).toMatchObject([
    { kind: 'leases', orgId, state: 'open', details: { unbackedNanoUsd: '70000' } },
  ]);
});

it('R1 keeps no difference for a charge above its lease, though it takes the credit away (I2)', async () => {
  const orgId = await world.fund(10_000_000_000n);
  await createLeaseDesk(world).lease(orgId, 1000n);
  await world.handle(usageEvent({ orgId, costNanoUsd: 1_500_000_000 }));
  await world.reconcile();

  expect(await world.admission.readCredit(orgId)).toMatchObject({ creditNanoUsd: 0n });
  expect(await world.database.reconciliationDifference.count()).toBe(0);
});

describe('what a check finds', () => {
  const found = [{ orgId: randomUUID(), subject: 'one', details: {} }];

  it('is kept once, and its report is in the audit whose chain verifies (I21)', async () => {
    expect(await noteOutcome(world.database, now, 'spools', { found, facts: { a: '1' } })).toEqual(found);
    expect(await noteOutcome(world.database, new Date(+now + 1000), 'spools', { found, facts: {} })).toEqual([]);

    expect(await countOpenDifferences(world.database)).toMatchObject({ spools: 1, events: 0 });
    const reports = await world.database.reconciliationReport.findMany();
    expect(reports).toMatchObject([{ kind: 'spools', differences: 1, facts: { a: '1' } }]);
    const entries = await world.database.auditEntry.findMany({ where: { action: 'reconciliation_reported' } });
    const hash = Buffer.from(reports[0]?.hash ?? []).toString('hex');
    expect(entries.map(({ details }) => details)).toEqual([{ kind: 'spools', differences: 1, hash }]);
    expect(await verifyAudit(world.url)).toMatchObject({ fault: null });
  });

  it('is reported once a day without news', async () => {
    for (const hours of [0, 23, 24]) {
      await noteOutcome(world.database, new Date(+now + hours * 3_600_000), 'holds', { found: [], facts: {} });
    }
    expect(await world.database.reconciliationReport.count()).toBe(2);
  });
});

it('a check that has no result is late, and one that fails too', async () => {
  const context = { database: world.database, events: world.events, clock: () => now };
  const late: Check = { kind: 'holds', intervalMs: -1, run: async () => null };
  const failing: Check = { kind: 'spools', intervalMs: -1, run: () => Promise.reject(new Error('away')) };
  await createCheckRunner(context, late)();
  await expect(createCheckRunner(context, failing)()).rejects.toThrow('away');

  expect(await world.figure('billing_late_checks')).toBe(2);
});
