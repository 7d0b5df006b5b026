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
});
