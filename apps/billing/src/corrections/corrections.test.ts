import { randomUUID } from 'node:crypto';
import { toCorrectionId, type UsageCorrected, type UsageRecorded } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainRequest } from '../charges/explain-charge.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { correctionOf, usageEvent } from '../testing/usage-event.ts';

/** An estimate of so many nano-USD. */
function estimateOf(orgId: string, costNanoUsd: number): UsageRecorded {
  const requestId = randomUUID();
  return usageEvent({ orgId, requestId, eventId: requestId, costNanoUsd, estimated: true, outcome: 'aborted' });
}

describe('a correction of an estimate', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  const stateOf = async (requestId: string) =>
    (await world.database.usageCorrection.findUnique({ where: { requestId } }))?.state;
  const available = async (orgId: string) => (await world.balances(orgId)).available;

  it('charges what the record costs beyond the estimate, once, however often it comes (I7)', async () => {
    const orgId = await world.fund(10_000n);
    const estimate = estimateOf(orgId, 1000);
    const correction = correctionOf(estimate, 1500);
    expect(await world.handle(estimate, correction, correction)).toEqual([]);
    expect(await world.handle(correction)).toEqual([]);
    expect(await world.handle(estimate, correction)).toEqual([]);

    expect(await available(orgId)).toBe(8500n);
    expect(await world.check()).toMatchObject({ isConsistent: true });
    const lines = await world.database.statementLine.findMany({ where: { orgId }, orderBy: { id: 'asc' } });
    expect(lines.map(({ type, amount }) => [type, amount])).toEqual([
      ['top_up', 10_000n],
      ['charge', -1000n],
      ['adjustment', -500n],
    ]);
    expect(lines[2]?.description).toContain(estimate.requestId);
  });

  it('gives back what the estimate was above the record', async () => {
    const orgId = await world.fund(10_000n);
    const estimate = estimateOf(orgId, 1000);
    await world.handle(estimate, correctionOf(estimate, 200));

    expect(await available(orgId)).toBe(9800n);
    expect(
      await explainRequest(
        { readOwn: (read) => read(world.database), all: world.database },
        { orgId, requestId: estimate.requestId },
      ),
    ).toMatchObject({
      amountNanoUsd: '1000',
      correction: { amountNanoUsd: '200', differenceNanoUsd: '-800', usage: { outputText: 200 } },
      transfers: [
        { from: 'available', to: 'revenue', amountNanoUsd: '1000' },
        { from: 'revenue', to: 'available', amountNanoUsd: '800' },
      ],
    });
  });

  it('waits for its settlement if it comes first, and is posted behind it', async () => {
    const orgId = await world.fund(10_000n);
    const estimate = estimateOf(orgId, 1000);
    const correction = correctionOf(estimate, 1700);
    await world.handle(correction, correction);
    expect([await available(orgId), await stateOf(estimate.requestId)]).toEqual([10_000n, 'waiting']);
    await world.handle(estimate);
    expect([await available(orgId), await stateOf(estimate.requestId)]).toEqual([8300n, 'posted']);
    await world.handle(correction, estimate);
    expect(await available(orgId)).toBe(8300n);
  });

  it('takes no balance below zero: what it does not cover is the platform’s loss (I2)', async () => {
    const orgId = await world.fund(1200n);
    const before = await world.platform('platform_loss');
    const estimate = estimateOf(orgId, 1000);
    await world.handle(estimate, correctionOf(estimate, 5000));

    expect(await available(orgId)).toBe(0n);
    expect((await world.platform('platform_loss')) - before).toBe(-3800n);
  });

  it('gives back to the platform what the organisation never paid', async () => {
    const orgId = await world.fund(300n);
    const before = await world.platform('platform_loss');
    const estimate = estimateOf(orgId, 1000);
    await world.handle(estimate, correctionOf(estimate, 400));

    expect(await available(orgId)).toBe(0n);
    expect((await world.platform('platform_loss')) - before).toBe(-100n);
  });

  it('opens a review for a record beyond the bounds of its request, and books the excess (I2)', async () => {
    const orgId = await world.fund(10_000n);
    const before = await world.platform('payable_disputed');
    const estimate = estimateOf(orgId, 1000);
    const reportedUsage = { inputUncached: 12, outputText: 9000 };
    await world.handle(estimate, { ...correctionOf(estimate, 1500), reportedUsage });

    expect(await available(orgId)).toBe(8500n);
    expect((await world.platform('payable_disputed')) - before).toBe(7500n);
    expect(await world.database.usageReview.findUnique({ where: { requestId: estimate.requestId } })).toMatchObject({
      ...{ charged: 1500n, difference: 7500n, state: 'open' },
    });
    expect(world.logs.map(({ event }) => event)).toContain('usage_inconsistent');
  });

  it('is posted also if its settlement has a review, which stays as it is', async () => {
    const orgId = await world.fund(10_000n);
    const reportedUsage = { inputUncached: 12, outputText: 9000 };
    const estimate = { ...estimateOf(orgId, 1000), reportedUsage };
    expect(await world.handle(estimate, { ...correctionOf(estimate, 1500), reportedUsage })).toEqual([]);
    expect(await available(orgId)).toBe(8500n);
    expect(await world.database.usageReview.findUnique({ where: { requestId: estimate.requestId } })).toMatchObject({
      charged: 1000n,
    });
  });

  it('is refused if it names another settlement, or if a request has another correction', async () => {
    const orgId = await world.fund(10_000n);
    const estimate = estimateOf(orgId, 1000);
    const exact = usageEvent({ orgId, costNanoUsd: 1000 });
    await world.handle(estimate, exact);
    const wrong = correctionOf(estimateOf(orgId, 900), 500);
    const { requestId } = estimate;
    const named = { ...wrong, requestId, eventId: toCorrectionId(requestId) };
    expect(await world.handle(named)).toEqual(['settlement_mismatch']);
    expect(await world.handle(correctionOf(estimate, 500))).toEqual(['event_id_reused']);
    expect(await world.handle(correctionOf(exact, 500))).toEqual(['settlement_mismatch']);
    expect(await world.handle({ ...correctionOf(estimateOf(orgId, 5), 3), eventId: 'x' })).toEqual(['wrong_event_id']);
    const lie = correctionOf(estimateOf(orgId, 5), 3);
    expect(await world.handle({ ...lie, actual: { ...lie.actual, amountNanoUsd: '1' } })).toEqual(['amount_mismatch']);
    expect(await available(orgId)).toBe(8000n);
  });

  it('stays as it was decided', async () => {
    const orgId = await world.fund(10_000n);
    const estimate = estimateOf(orgId, 1000);
    await world.handle(estimate, correctionOf(estimate, 500));
    await expect(world.database.$executeRaw`UPDATE usage_correction SET state = 'refused'`).rejects.toThrow();
    await expect(world.database.$executeRaw`DELETE FROM usage_correction`).rejects.toThrow();
  });

  it('I1, I6: makes revenue the truth, for any estimates, records, order and repeats', async () => {
    const request = fc.record({
      settled: fc.integer({ min: 1, max: 3000 }),
      actual: fc.option(fc.integer({ min: 0, max: 3000 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat({ max: 1000 })),
        fc.integer({ min: 1, max: 8000 }),
        async (requests, random, funds) => {
          const orgId = await world.fund(BigInt(funds));
          const [revenue, loss] = [await world.platform('revenue'), await world.platform('platform_loss')];
          const events = requests.flatMap(({ settled, actual }): (UsageRecorded | UsageCorrected)[] => {
            const estimate = estimateOf(orgId, settled);
            return actual === null ? [estimate] : [estimate, correctionOf(estimate, actual)];
          });
          const rank = new Map([...events, ...events].map((event) => [event, random.next().value]));
          const shuffled = [...events, ...events].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
          for (let at = 0; at < shuffled.length; at += 3) await world.handle(...shuffled.slice(at, at + 3));

          const truth = requests.reduce((sum, { settled, actual }) => sum + (actual ?? settled), 0);
          const paid = BigInt(funds) - (await available(orgId));
          const lost = loss - (await world.platform('platform_loss'));
          expect((await world.platform('revenue')) - revenue).toBe(BigInt(truth));
          expect(paid + lost).toBe(BigInt(truth));
          expect(paid).toBeLessThanOrEqual(BigInt(truth));
          expect(await world.check()).toMatchObject({ isConsistent: true });
        },
      ),
      { numRuns: 40 },
    );
  });
});
