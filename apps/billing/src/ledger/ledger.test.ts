import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLeaseDesk } from '../leases/lease-desk.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { runAtOnce } from '../testing/run-at-once.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { lockOrganization, platformAccounts } from './accounts.ts';
import { openAccounts } from './open-accounts.ts';
import { GuardError, type NewTransfer, postTransfers } from './post-transfers.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function take(orgId: string, amountNanoUsd: bigint): Promise<void> {
  await world.database.$transaction(async (tx) => {
    const { availableId } = await lockOrganization(tx, orgId, [platformAccounts.revenue]);
    const sides = { debitAccount: availableId, creditAccount: platformAccounts.revenue };
    const transfer: NewTransfer = { ...sides, amountNanoUsd, reason: 'adjustment', description: 'test' };
    await postTransfers(tx, [transfer]);
  });
}

describe('the ledger', () => {
  it('I6: rejects every change or removal of a transfer or a statement line', async () => {
    await world.fund(1000n);
    for (const table of ['transfer', 'statement_line']) {
      for (const change of [`UPDATE ${table} SET amount = 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
        await expect(world.database.$executeRawUnsafe(change)).rejects.toThrow(/append-only/);
      }
    }
  });

  it('I6: refuses to remove or rewrite anything that proves a charge', async () => {
    const orgId = await world.fund(1000n);
    await createLeaseDesk(world).lease(orgId, 10n);
    const event = usageEvent({ orgId, costNanoUsd: 100, reportedUsage: { outputText: 200 } });
    await world.handle(event, { ...event, latencyMs: 11 });
    const changes = {
      account: 'balance = 5, org_id = gen_random_uuid()',
      charge: 'amount = 1',
      inbox: "body_hash = decode(repeat('00', 32), 'hex')",
      quarantine: "body = ''",
      lease: 'amount = 1',
      usage_review: 'difference = 0',
    };
    for (const [table, change] of Object.entries(changes)) {
      expect(await world.database.$queryRawUnsafe(`SELECT 1 FROM ${table} LIMIT 1`)).toHaveLength(1);
      for (const statement of [`UPDATE ${table} SET ${change}`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
        await expect(world.database.$executeRawUnsafe(statement)).rejects.toThrow(/append-only/);
      }
    }
    const undo = 'UPDATE account SET debited = 0 WHERE debited > 0';
    await expect(world.database.$executeRawUnsafe(undo)).rejects.toThrow(/append-only/);
  });

  it('I6: refuses transfers of nothing, of less, and from an account to itself', async () => {
    const orgId = await world.fund(1000n);
    await expect(take(orgId, 0n)).rejects.toThrow();
    await expect(take(orgId, -5n)).rejects.toThrow();
    expect(await world.balances(orgId)).toEqual({ available: 1000n, leased: 0n });
  });

  it('I2: takes no balance below zero, and moves nothing at all when it would', async () => {
    const orgId = await world.fund(1000n);
    const transfers = await world.count('transfer');

    await expect(take(orgId, 1001n)).rejects.toThrow(GuardError);

    expect(await world.balances(orgId)).toEqual({ available: 1000n, leased: 0n });
    expect(await world.count('transfer')).toBe(transfers);
    await expect(
      world.database.$executeRaw`UPDATE account SET balance = -1 WHERE org_id = ${orgId}::uuid`,
    ).rejects.toThrow(/account_balance_check/);
  });

  it('I6: has a checker that finds a balance which its transfers do not make', async () => {
    const orgId = await world.fund(1000n);
    expect(await world.check()).toMatchObject({ isConsistent: true, faults: [] });

    await world.database.$executeRaw`
      UPDATE account SET balance = balance + 1 WHERE org_id = ${orgId}::uuid AND kind = 'available'`;
    expect(await world.check()).toMatchObject({
      isConsistent: false,
      sumNanoUsd: '1',
      faults: [{ kind: 'available', balanceNanoUsd: '1001', foldedNanoUsd: '1000' }],
    });
    await world.database.$executeRaw`
      UPDATE account SET balance = balance - 1 WHERE org_id = ${orgId}::uuid AND kind = 'available'`;
  });

  it('has each of the platform’s accounts once', async () => {
    await expect(
      world.database.$executeRaw`INSERT INTO account (id, kind) VALUES (${randomUUID()}::uuid, 'revenue')`,
    ).rejects.toThrow(/unique/i);
  });

  it('gives the sign-up credit once for any number and order of simultaneous calls', async () => {
    const orgIds = Array.from({ length: 5 }, () => randomUUID());
    const calls = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? orgIds : orgIds.toReversed())).flat();
    const options = { signUpCreditNanoUsd: 5000n, organizations: confirmedBefore };
    const outcomes = await runAtOnce(calls.map((orgId) => () => openAccounts(world.database, orgId, options)));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);

    for (const orgId of orgIds) {
      expect(await world.balances(orgId)).toEqual({ available: 5000n, leased: 0n });
      expect(await world.database.statementLine.count({ where: { orgId, type: 'sign_up_credit' } })).toBe(1);
    }
    expect(await world.check()).toMatchObject({ isConsistent: true });
  });

  it('opens no account, and gives no credit, for an id that auth does not know', async () => {
    const orgId = randomUUID();
    const organizations = { confirm: async () => false };
    await expect(
      openAccounts(world.database, orgId, { signUpCreditNanoUsd: 5000n, organizations }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(await world.database.account.count({ where: { orgId } })).toBe(0);
  });

  it('I2, I6, I7: stays sound, without a deadlock, under consumers and leases that work on the same organisations', async () => {
    const orgIds = await Promise.all([1, 2, 3].map(() => world.fund(3_000_000n)));
    const granted = new Map<string, bigint>();
    const batches = Array.from({ length: 24 }, (_, batch) =>
      Array.from({ length: 20 }, (_, index) =>
        usageEvent({ orgId: orgIds[(batch + index) % 3] ?? '', costNanoUsd: 1000 }),
      ),
    );
    const deliveries = batches.flatMap((batch) => [batch, batch.toReversed()]);
    const desks = [createLeaseDesk(world), createLeaseDesk(world)];

    const consuming = deliveries.map((batch) => async () => expect(await world.handle(...batch)).toEqual([]));
    const leasing = Array.from({ length: 60 }, (_, index) => async () => {
      const answer = await desks[index % 2]?.lease(orgIds[index % 3] ?? '', 10_000n);
      if (answer?.result === 'granted') granted.set(answer.leaseId, BigInt(answer.amountNanoUsd));
    });
    const tasks = leasing.flatMap((task, index) => [task, ...consuming.slice(index, index + 1)]);
    const outcomes = await runAtOnce(tasks);

    // No call deadlocks or finds a balance that changed under its lock.
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [inspect(outcome.reason)] : []))).toEqual([]);
    // As the event log may bring everything again.
    for (const batch of batches) expect(await world.handle(...batch)).toEqual([]);

    expect(await world.check()).toMatchObject({ isConsistent: true, sumNanoUsd: '0', faults: [] });
    for (const orgId of orgIds) {
      const { available, leased: left } = await world.balances(orgId);
      expect(available + left).toBe(3_000_000n - 160n * 1000n);
    }
    const credit = await Promise.all(orgIds.map((orgId) => world.admission.readCredit(orgId)));
    expect(credit.reduce((total, { creditNanoUsd }) => total + creditNanoUsd, 0n)).toBe(
      [...granted.values()].reduce((total, amount) => total + amount, 0n),
    );
  });
});
