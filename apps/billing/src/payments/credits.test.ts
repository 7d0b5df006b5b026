import { randomUUID } from 'node:crypto';
import { toCorrectionId } from '@aggregator/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runAutomaticTopUps } from '../automatic-top-ups/run-automatic-top-ups.ts';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { readAccounts } from '../ledger/accounts.ts';
import { expirePromotionalCredits } from '../promotional-credits/promotional-credits.ts';
import { type PaymentWorld, startPayments, twenty } from '../testing/start-payments.ts';
import { toRecord, usageEvent } from '../testing/usage-event.ts';

let world: PaymentWorld;
beforeEach(async () => {
  world = await startPayments();
});
afterEach(() => world.stop());

const hourMs = 3_600_000;
const accounts = () => readAccounts(world.context.database, world.owner.orgId);
const lease = (neededNanoUsd = '1000') =>
  world.askAsPeer('POST', '/internal/leases', 'proxy', { orgId: world.owner.orgId, neededNanoUsd });

describe('a bank transfer', () => {
  const other = () => ({ ...world.operator, userId: randomUUID() });
  const propose = (fields: Record<string, unknown> = {}) =>
    world.ask('POST', '/v1/billing/bank-transfers', world.operator, {
      ...{ organizationId: world.owner.orgId, amountNanoUsd: twenty.toString(), description: 'Invoice 7' },
      ...{ bankReference: 'B-1', ...fields },
    });

  it('is credited once, when another operator approves it', async () => {
    const proposed = await propose();
    expect(proposed).toMatchObject({ status: 201, body: { state: 'proposed', proposedBy: world.operator.userId } });
    expect(await propose()).toMatchObject({ status: 200, body: { id: proposed.body.id } });
    expect((await propose({ amountNanoUsd: '1' })).status).toBe(409);
    const path = `/v1/billing/bank-transfers/${proposed.body.id}/approve`;

    const alone = await world.ask('POST', path, { ...world.operator, keyId: randomUUID() });
    expect(alone).toMatchObject({ status: 403, body: { code: 'insufficient_permissions' } });
    expect(await world.available()).toBe(0n);
    const second = other();
    const answers = await Promise.all([1, 2, 3].map(() => world.ask('POST', path, second)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await world.available()).toBe(twenty);
    expect((await world.ask('POST', path.replace('approve', 'reject'), other())).status).toBe(409);
    expect((await world.ask('POST', path, other())).status).toBe(409);
    expect(await world.isConsistent()).toBe(true);
  });

  it('cannot be approved by its proposer in the database either', async () => {
    const { body } = await propose();
    const approve = world.context.database.$executeRaw`
      UPDATE bank_transfer SET state = 'approved', decided_by = proposed_by, decided_at = now() WHERE id = ${body.id}::uuid`;
    await expect(approve).rejects.toThrow(/bank_transfer_check/);
  });

  it('can be rejected by its proposer, and is refused with a wrong amount or organisation', async () => {
    const { body } = await propose();
    const path = `/v1/billing/bank-transfers/${body.id}/reject`;
    expect((await world.ask('POST', path, world.operator)).body.state).toBe('rejected');
    for (const amountNanoUsd of ['0', '-1', '10000000000000001']) {
      expect((await propose({ amountNanoUsd, bankReference: 'B-2' })).status).toBe(400);
    }
    world.unknown.add('0190a000-0000-4000-8000-00000000000f');
    expect(
      (await propose({ organizationId: '0190A000-0000-4000-8000-00000000000f', bankReference: 'B-3' })).status,
    ).toBe(404);
    expect(await world.available()).toBe(0n);
  });
});

describe('promotional credit', () => {
  const give = (fields: Record<string, unknown> = {}) =>
    world.ask('POST', '/v1/billing/promotional-credits', world.operator, {
      ...{ organizationId: world.owner.orgId, amountNanoUsd: '5000000000', description: 'Welcome' },
      ...{ expiresAt: new Date(world.clock.now.getTime() + 24 * hourMs).toISOString(), idempotencyKey: 'welcome-1' },
      ...fields,
    });

  it('is given once, is part of the balance, and is spent before paid money', async () => {
    await world.paid();
    expect((await give()).status).toBe(201);
    expect((await give()).status).toBe(200);
    expect((await give({ amountNanoUsd: '1' })).status).toBe(409);
    const { body } = await world.ask('GET', '/v1/billing/balance', world.owner);
    expect(body).toMatchObject({ balanceNanoUsd: '25000000000', promotionalNanoUsd: '5000000000' });

    await lease();
    expect(await accounts()).toMatchObject({ available: twenty, leased: 1_000_000_000n, promotional: 4_000_000_000n });
    await lease('4500000000');
    expect(await accounts()).toMatchObject({ promotional: 0n });
    expect(await world.isConsistent()).toBe(true);
  });

  it('pays for requests where there is no other money, by leases and by holds', async () => {
    await give();
    expect((await lease('2000000000')).body.result).toBe('granted');
    const hold = { orgId: world.owner.orgId, requestId: randomUUID(), holdNanoUsd: '1000000000', ttlMs: 60_000 };
    expect((await world.askAsPeer('POST', '/internal/holds', 'proxy', hold)).body.result).toBe('held');
    expect(await accounts()).toMatchObject({ promotional: 2_000_000_000n, available: 0n });
  });

  it('pays for what a charge or its correction is beyond the lease, before the platform bears it', async () => {
    await give();
    const event = usageEvent({ orgId: world.owner.orgId, costNanoUsd: 1000, estimated: true, outcome: 'aborted' });
    await handleUsageRecorded(world.context, [toRecord(event)]);
    expect(await accounts()).toMatchObject({ promotional: 4_999_999_000n, available: 0n });

    const { requestId, orgId, userId, keyId, operation, provider, model, price, time, amountNanoUsd } = event;
    const correction = {
      ...{ schema: 'usage.corrected/1', eventId: toCorrectionId(requestId), time: '2026-11-20T10:01:00.000Z' },
      ...{ requestId, orgId, userId, keyId, operation, provider, model, price },
      settled: { time, usage: event.usage, amountNanoUsd },
      actual: { usage: { inputUncached: 12, outputText: 1500 }, amountNanoUsd: '1500' },
    };
    await handleUsageRecorded(world.context, [toRecord(correction)]);
    expect(await accounts()).toMatchObject({ promotional: 4_999_998_500n, available: 0n });
    expect(await world.isConsistent()).toBe(true);
  });

  it('stays credit that ends where a hold is refused for another reason than money', async () => {
    await give();
    const budget = { id: randomUUID(), period: '2026-11', limitNanoUsd: '1' };
    const hold = { orgId: world.owner.orgId, requestId: randomUUID(), holdNanoUsd: '1000000000', ttlMs: 60_000 };
    const answer = await world.askAsPeer('POST', '/internal/holds', 'proxy', { ...hold, budgets: [budget] });

    expect(answer.body.result).toBe('budget_exceeded');
    expect(await accounts()).toMatchObject({ promotional: 5_000_000_000n, available: 0n });
  });

  it('goes back when its time is over: what is left of it and nothing else, the first to end being spent first', async () => {
    await world.paid();
    await give({
      idempotencyKey: 'later-end',
      expiresAt: new Date(world.clock.now.getTime() + 48 * hourMs).toISOString(),
    });
    await give();
    await lease();
    world.clock.advance(24 * hourMs);

    expect(await expirePromotionalCredits(world.context)).toBe(1);
    expect(await expirePromotionalCredits(world.context)).toBe(0);
    expect(await accounts()).toMatchObject({ promotional: 5_000_000_000n });
    world.clock.advance(24 * hourMs);
    await expirePromotionalCredits(world.context);
    expect(await accounts()).toMatchObject({ promotional: 0n, available: twenty });
    expect(await world.isConsistent()).toBe(true);
  });

  it('is refused with an end in the past or too far away, and with a wrong amount', async () => {
    const at = (ms: number) => new Date(world.clock.now.getTime() + ms).toISOString();
    for (const expiresAt of [at(0), at(-1), at(6 * 366 * 24 * hourMs), 'tomorrow']) {
      expect((await give({ expiresAt })).status).toBe(400);
    }
    for (const amountNanoUsd of ['0', '-5', '1000000000000001'])
      expect((await give({ amountNanoUsd })).status).toBe(400);
  });
});

describe('what proves a bank transfer and promotional credit (I6)', () => {
  it('cannot be removed or rewritten', async () => {
    const { owner, operator } = world;
    const fields = { organizationId: owner.orgId, amountNanoUsd: twenty.toString(), description: 'x' };
    await world.ask('POST', '/v1/billing/bank-transfers', operator, { ...fields, bankReference: 'B-9' });
    const expiresAt = new Date(world.clock.now.getTime() + hourMs).toISOString();
    const credit = { ...fields, expiresAt, idempotencyKey: randomUUID() };
    expect((await world.ask('POST', '/v1/billing/promotional-credits', operator, credit)).status).toBe(201);
    const changes = {
      bank_transfer: ['amount = 1', "bank_reference = 'x'"],
      promotional_credit: ['amount = 1, remaining = 1', 'remaining = remaining + 1', 'expires_at = now()'],
    };
    for (const [table, updates] of Object.entries(changes)) {
      const statements = [...updates.map((update) => `UPDATE ${table} SET ${update}`), `DELETE FROM ${table}`];
      for (const statement of [...statements, `TRUNCATE ${table} CASCADE`]) {
        await expect(world.context.database.$executeRawUnsafe(statement)).rejects.toThrow(/append-only|check/);
      }
    }
  });
});

describe('an automatic top-up', () => {
  const settings = {
    ...{ thresholdNanoUsd: '25000000000', amountNanoUsd: '10000000000' },
    ...{ dayMaxNanoUsd: '20000000000', monthMaxNanoUsd: '30000000000' },
  };
  const put = (fields: Record<string, unknown> = {}) =>
    world.ask('PUT', '/v1/billing/automatic-top-up', world.owner, { ...settings, ...fields });
  const state = async () => (await world.ask('GET', '/v1/billing/automatic-top-up', world.owner)).body.automaticTopUp;
  const run = () => runAutomaticTopUps(world.context);
  const charges = () => world.fake.calls.filter((call) => call === 'POST /v1/payment_intents').length;

  it('charges the saved method below the threshold, and stops there', async () => {
    expect((await put()).status).toBe(409);
    await world.paid({ saveMethod: true });
    expect((await put()).body.automaticTopUp).toMatchObject({ ...settings, state: 'active', failures: 0 });

    await run();
    await run();
    expect([await world.available(), charges()]).toEqual([twenty + 10_000_000_000n, 1]);
    expect(await world.isConsistent()).toBe(true);
  });

  it('is charged while many others cannot be: those are not in its way', async () => {
    await world.paid({ saveMethod: true });
    await put();
    const { database } = world.context;
    const orgId = 'lpad(to_hex(number), 32, chr(48))::uuid';
    for (const [status, first] of [
      ['processing', 1],
      ['none', 101],
    ] as const) {
      const numbers = `generate_series(${first}, ${first + 59}) AS number`;
      await database.$executeRawUnsafe(`
        INSERT INTO automatic_top_up (org_id, threshold, amount, day_max, month_max, state, next_attempt_at)
        SELECT ${orgId}, 1000000000, 500000000, 500000000, 500000000, 'active', now() - interval '1 day' FROM ${numbers}`);
      await database.$executeRawUnsafe(`
        INSERT INTO account (id, org_id, kind) SELECT gen_random_uuid(), ${orgId}, kind FROM ${numbers},
          unnest(ARRAY['available', 'receivable']) AS kind`);
      if (status === 'processing') {
        await database.$executeRawUnsafe(`
          INSERT INTO payment (id, org_id, kind, provider, currency, minor_units, amount, status, idempotency_key, created_at)
          SELECT gen_random_uuid(), ${orgId}, 'automatic', 'stripe', 'USD', 50, 500000000, 'processing', 'key', now()
          FROM ${numbers}`);
      } else {
        // Below zero by what the organisation owes.
        await database.$executeRawUnsafe(`UPDATE account SET balance = -60 WHERE kind = 'receivable' AND org_id IN
          (SELECT ${orgId} FROM ${numbers})`);
      }
    }
    await run();
    expect([await world.available(), charges()]).toEqual([twenty + 10_000_000_000n, 1]);
  });

  it('stays within its limits of a day and of a month', async () => {
    await world.paid({ saveMethod: true });
    await put({ thresholdNanoUsd: '1000000000000' });
    const charged: number[] = [];
    for (let hour = 0; hour < 24 * 4; hour += 1) {
      await run();
      charged.push(charges());
      world.clock.advance(hourMs);
    }
    expect(charged[23]).toBe(2);
    expect(charged.at(-1)).toBe(3);
    world.clock.advance(30 * 24 * hourMs);
    await run();
    expect(charges()).toBe(4);
  });

  it('waits longer after each decline, and is suspended after the fourth; saving it again resumes it', async () => {
    await world.paid({ saveMethod: true });
    await put();
    const declinedAt: number[] = [];
    for (let hour = 0; hour < 24 * 5; hour += 1) {
      const before = charges();
      world.fake.nextCharge = 'decline';
      await run();
      if (charges() > before) declinedAt.push(hour);
      world.clock.advance(hourMs);
    }
    expect(declinedAt).toEqual([0, 1, 7, 31]);
    expect(await state()).toMatchObject({ state: 'suspended', failures: 4 });
    expect(await world.available()).toBe(twenty);

    world.fake.nextCharge = 'succeed';
    await put();
    await run();
    expect(await state()).toMatchObject({ state: 'active', failures: 0 });
    expect(await world.available()).toBe(twenty + 10_000_000_000n);
  });

  it('charges once if the answer is lost, also when many instances run', async () => {
    await world.paid({ saveMethod: true });
    await put();
    world.fake.nextCharge = 'lose';
    await Promise.all([run(), run(), run()]);
    await run();

    const intents = [...world.fake.state.intents.values()].filter(({ amount }) => amount === 1000);
    expect(intents).toHaveLength(1);
    expect(await world.available()).toBe(twenty + 10_000_000_000n);
  });

  it('charges nothing for a shortage that another instance, or a customer, ended meanwhile', async () => {
    await world.paid({ saveMethod: true });
    await put();
    const { database } = world.context;
    // This instance has found the organisation, and begins its transaction after the other one has charged and credited.
    const late = new Proxy(database, {
      get(target, name) {
        if (name !== '$transaction') return Reflect.get(target, name);
        return async (...given: Parameters<typeof database.$transaction>) => {
          if (charges() === 0) await run();
          return database.$transaction(...given);
        };
      },
    });
    await runAutomaticTopUps({ ...world.context, database: late });

    expect([await world.available(), charges()]).toEqual([twenty + 10_000_000_000n, 1]);
  });

  it('charges once if the answer is lost and another method is saved before it is asked for again', async () => {
    await world.paid({ saveMethod: true });
    await put();
    const charged = () => [...world.fake.state.intents.values()].filter(({ amount }) => amount === 1000);
    const stripe = world.context.paymentProviders.get('stripe');
    if (stripe === undefined) throw new Error('no provider');
    const chargeSaved: typeof stripe.chargeSaved = async (order) => {
      await stripe.chargeSaved(order);
      throw new Error('the answer was lost');
    };
    const paymentProviders = new Map([['stripe', { ...stripe, chargeSaved }]]);
    await runAutomaticTopUps({ ...world.context, paymentProviders });
    const { customer } = charged()[0] ?? {};
    const card = { brand: 'visa', last4: '1881', exp_month: 1, exp_year: 2033 };
    const saved = { id: 'pm_other', object: 'payment_method', type: 'card', customer, card };
    await world.deliver(world.fake.state.toEvent('payment_method.attached', saved));
    for (let hour = 0; hour < 3; hour += 1) {
      await run();
      world.clock.advance(hourMs);
    }

    expect(charged()).toHaveLength(1);
    expect(await state()).toMatchObject({ failures: 0 });
    await world.deliver(world.fake.state.toEvent('payment_intent.succeeded', charged()[0] ?? {}));
    expect(await world.available()).toBe(twenty + 10_000_000_000n);
  });

  it('waits for slow money, and counts its failure as a decline', async () => {
    await world.paid({ saveMethod: true });
    await put();
    world.fake.nextCharge = 'process';
    await run();
    await run();
    expect([charges(), await world.available()]).toEqual([1, twenty]);
    const intent = [...world.fake.state.intents.values()].at(-1);
    await world.deliver(world.fake.state.toEvent('payment_intent.payment_failed', intent ?? {}));

    expect(await state()).toMatchObject({ failures: 1 });
    world.clock.advance(hourMs);
    await run();
    expect(await world.available()).toBe(twenty + 10_000_000_000n);
  });

  it('is refused with limits that do not fit, and ends when it is deleted', async () => {
    await world.paid({ saveMethod: true });
    for (const wrong of [
      { amountNanoUsd: '1000000' },
      { amountNanoUsd: '10000000001' },
      { dayMaxNanoUsd: '9000000000' },
      { monthMaxNanoUsd: '19000000000' },
      { thresholdNanoUsd: '0' },
    ]) {
      expect((await put(wrong)).status).toBe(400);
    }
    await put();
    expect((await world.ask('DELETE', '/v1/billing/automatic-top-up', world.owner)).status).toBe(204);
    await run();
    expect([await state(), charges()]).toEqual([null, 0]);
  });
});
