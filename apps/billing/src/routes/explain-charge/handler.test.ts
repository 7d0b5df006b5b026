import { randomUUID } from 'node:crypto';
import { chargeExplanation } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handleUsageRecorded } from '../../consumers/usage-recorded.ts';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';
import { toRecord, usageEvent, voidEvent } from '../../testing/usage-event.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '1000' });
});
afterAll(() => billing.stop());

const explain = (orgId: string, requestId: string) => billing.ask('GET', `/v1/billing/explain/${requestId}`, { orgId });

describe('GET /v1/billing/explain/{requestId}', () => {
  it('200 shows usage × rate, the price’s version, the sum and what was moved for it', async () => {
    const orgId = randomUUID();
    const event = usageEvent({
      orgId,
      usage: { inputUncached: 100, outputText: 7, requests: 1 },
      price: { version: '2026-11', rates: { inputUncached: '150000', outputText: '600000', requests: '333' } },
    });
    await billing.ask('GET', '/v1/billing/balance', { orgId });
    await handleUsageRecorded(billing.context, [toRecord(event)]);

    const explanation = chargeExplanation.parse((await explain(orgId, event.requestId)).body);

    expect(explanation).toMatchObject({
      requestId: event.requestId,
      time: event.time,
      priceVersion: '2026-11',
      lines: [
        { component: 'inputUncached', units: 100, ratePicoUsd: '150000', amountPicoUsd: '15000000' },
        { component: 'outputText', units: 7, ratePicoUsd: '600000', amountPicoUsd: '4200000' },
        { component: 'requests', units: 1, ratePicoUsd: '333', amountPicoUsd: '333' },
      ],
      // 19 200.333 nano-USD, rounded up.
      amountNanoUsd: '19201',
    });
    expect(explanation.transfers.map(({ from, to, amountNanoUsd }) => ({ from, to, amountNanoUsd }))).toEqual([
      { from: 'available', to: 'revenue', amountNanoUsd: '1000' },
      { from: 'platform_loss', to: 'revenue', amountNanoUsd: '18201' },
    ]);
  });

  it('200 shows the rates of the tier that a long request fell into', async () => {
    const orgId = randomUUID();
    const above = {
      inputTokens: 1000,
      rates: { inputUncached: '2500000', cacheRead: '250000', outputText: '15000000' },
    };
    const rates = { inputUncached: '1250000', cacheRead: '125000', outputText: '10000000', above };
    const price = { version: '2026-11', rates };
    const events = [900, 901].map((inputUncached) =>
      usageEvent({ orgId, price, usage: { inputUncached, cacheRead: 100, outputText: 2 } }),
    );
    await handleUsageRecorded(billing.context, events.map(toRecord));

    const explained = [];
    for (const { requestId } of events) {
      explained.push(chargeExplanation.parse((await explain(orgId, requestId)).body));
    }

    expect(explained.map(({ lines }) => lines.map(({ ratePicoUsd }) => ratePicoUsd))).toEqual([
      ['1250000', '125000', '10000000'],
      ['2500000', '250000', '15000000'],
    ]);
    // 100 tokens at a tenth of the plain rate of each tier.
    expect(explained.map(({ cacheSavingNanoUsd }) => cacheSavingNanoUsd)).toEqual(['112500', '225000']);
    for (const { lines, amountNanoUsd } of explained) {
      const sumPicoUsd = lines.reduce((sum, line) => sum + BigInt(line.amountPicoUsd), 0n);
      expect(amountNanoUsd).toBe(((sumPicoUsd + 999n) / 1000n).toString());
    }
  });

  it('200 shows that a void request cost nothing', async () => {
    const orgId = randomUUID();
    const event = voidEvent({ orgId });
    await handleUsageRecorded(billing.context, [toRecord(event)]);
    const { body } = await explain(orgId, event.requestId);
    expect(chargeExplanation.parse(body)).toMatchObject({
      ...{ outcome: 'void', lines: [], amountNanoUsd: '0', transfers: [] },
    });
  });

  it('200 shows why a request was rejected before any provider saw it, once for each repeat of the report', async () => {
    const orgId = randomUUID();
    const requestId = randomUUID();
    const rejection = {
      code: 'budget_exceeded',
      param: 'budget_monthly',
      message: 'The budget of the key is used up.',
    };
    const report = { rejections: [{ requestId, orgId, time: '2026-11-30T10:00:00.000Z', ...rejection }] };
    expect(await billing.askAsPeer('POST', '/internal/rejections', 'proxy', report)).toEqual({ status: 200, body: {} });
    await billing.askAsPeer('POST', '/internal/rejections', 'proxy', report);

    expect(chargeExplanation.parse((await explain(orgId, requestId)).body)).toMatchObject({
      ...{ requestId, outcome: 'rejected', rejection, lines: [], transfers: [], amountNanoUsd: '0' },
    });
    expect((await explain(randomUUID(), requestId)).status).toBe(404);
    expect((await billing.askAsPeer('POST', '/internal/rejections', 'analytics', report)).status).toBe(401);
  });

  it('200 shows the attempts of a request that failed, and to an operator what they cost', async () => {
    const orgId = randomUUID();
    const spent = { usage: { inputUncached: 5 }, costNanoUsd: '33', priceVersion: 'v' };
    const attempts = [{ provider: 'p', model: 'm', errorCode: 'upstream_timeout', latencyMs: 9, spent }];
    const event = usageEvent({ orgId, attempts, usage: {}, outcome: 'failed', errorCode: 'upstream_timeout' });
    await handleUsageRecorded(billing.context, [toRecord(event)]);

    const own = chargeExplanation.parse((await explain(orgId, event.requestId)).body);
    expect(own.attempts).toEqual([
      { provider: 'p', model: 'm', errorCode: 'upstream_timeout', latencyMs: 9, spentUsage: spent.usage },
    ]);
    expect(own.costNanoUsd).toBeUndefined();
    const scopes = ['billing:read', 'billing:manage'] as const;
    const path = `/v1/billing/explain/${event.requestId}`;
    const seen = await billing.ask('GET', path, { orgId: randomUUID(), scopes: [...scopes] });
    expect(chargeExplanation.parse(seen.body)).toMatchObject({
      outcome: 'failed',
      costNanoUsd: '33',
      amountNanoUsd: '0',
    });
  });

  it('I17: 404 answers the same for another organisation’s request, an unknown one and no id at all', async () => {
    const orgId = randomUUID();
    const event = usageEvent({ orgId });
    await handleUsageRecorded(billing.context, [toRecord(event)]);
    const stranger = randomUUID();
    const answers = [
      await explain(stranger, event.requestId),
      await explain(stranger, randomUUID()),
      await explain(stranger, 'x'),
    ];
    for (const answer of answers) expect(answer).toEqual({ status: 404, body: answers[0]?.body });
  });

  it('200 for many at once, each with one connection at a time (I12)', async () => {
    const small = await startBilling({ DATABASE_CONNECTIONS_MAX: '3' });
    const orgId = randomUUID();
    const events = Array.from({ length: 24 }, () => usageEvent({ orgId }));
    await handleUsageRecorded(small.context, events.map(toRecord));
    const answers = await Promise.all(
      events.map(({ requestId }) => small.ask('GET', `/v1/billing/explain/${requestId}`, { orgId })),
    );
    await small.stop();
    expect(answers.map(({ status }) => status)).toEqual(events.map(() => 200));
  });
});
