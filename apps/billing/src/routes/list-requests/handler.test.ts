import { requestPage } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handleUsageRecorded } from '../../consumers/usage-recorded.ts';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';
import { toRecord, usageEvent } from '../../testing/usage-event.ts';

const noon = Date.UTC(2026, 10, 15, 12);
const [orgId, stranger, keyId, teamId] = [createUuidV7(), createUuidV7(), createUuidV7(), createUuidV7()];

describe('GET /v1/billing/requests', () => {
  let billing: RunningBilling;
  let ids: string[];
  const began = (minute: number) => createUuidV7(noon + minute * 60_000);
  beforeAll(async () => {
    billing = await startBilling();
    const events = [
      usageEvent({ orgId, requestId: began(0), model: 'a', keyId, teamId, tags: { project: 'search' } }),
      usageEvent({ orgId, requestId: began(1), model: 'b' }),
      // What failed costs nothing, and has no line in the statement.
      usageEvent({ orgId, requestId: began(2), model: 'b', outcome: 'failed', errorCode: 'upstream_error', usage: {} }),
      usageEvent({ orgId, requestId: began(3), provider: 'router', model: 'a' }),
    ];
    await handleUsageRecorded(billing.context, [...events, usageEvent({ orgId: stranger })].map(toRecord));
    ids = events.map(({ requestId }) => requestId).reverse();
  });
  afterAll(() => billing.stop());

  const ask = (query = '', caller: object = {}) =>
    billing.ask('GET', `/v1/billing/requests${query}`, { orgId, ...caller });
  const list = async (query: string) => requestPage.parse((await ask(query)).body);
  const idsOf = async (query: string) => (await list(query)).data.map(({ requestId }) => requestId);

  it('lists the own requests, newest first, also those that cost nothing', async () => {
    const { data, nextCursor } = await list('');
    expect(data.map(({ requestId }) => requestId)).toEqual(ids);
    expect(nextCursor).toBeNull();
    expect(data[3]).toMatchObject({
      ...{
        provider: 'openai',
        model: 'a',
        outcome: 'completed',
        amountNanoUsd: '1000',
        estimated: false,
        latencyMs: 10,
      },
      ...{ keyId, teamId, tags: { project: 'search' } },
    });
    expect(data[1]).toMatchObject({ outcome: 'failed', amountNanoUsd: '0', keyId: null, teamId: null });
    expect(requestPage.parse((await ask('', { orgId: stranger })).body).data).toHaveLength(1);
  });

  it.each([
    ['?model=a', [0, 3]],
    ['?model=a&provider=openai', [3]],
    ['?outcome=failed', [1]],
    [`?keyId=${keyId}`, [3]],
    [`?teamId=${teamId}`, [3]],
    ['?userId=0190a000-0000-7000-8000-00000000000a', [0, 1, 2, 3]],
    ['?from=2026-11-15T12:01:00Z&to=2026-11-15T12:03:00Z', [1, 2]],
    ['?to=2026-11-15T12:01:00Z&model=b', []],
    ['?from=1969-12-31T23:59:59Z&to=2026-11-15T12:01:00Z', [3]],
    ['?to=1900-01-01T00:00:00Z', []],
  ])('narrows the list by %s', async (query, places) => {
    expect(await idsOf(query)).toEqual(places.map((at) => ids[at]));
  });

  it('gives pages that together are the list', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await list(`?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
      expect(page.data).toHaveLength(1);
      seen.push(...page.data.map(({ requestId }) => requestId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it('looks at a bounded number of requests for a page, and continues behind them', async () => {
    const many = createUuidV7();
    const first = usageEvent({ orgId: many, requestId: began(10), model: 'rare' });
    await handleUsageRecorded(billing.context, [toRecord(first)]);
    await billing.context.database.$executeRaw`
      INSERT INTO charge SELECT (jsonb_populate_record(charge, jsonb_build_object(
        'request_id', '01b00000-0000-7000-8000-' || lpad(at::text, 12, '0'), 'model', 'usual'))).*
      FROM charge, generate_series(1, 5000) AS at WHERE request_id = ${first.requestId}::uuid`;
    const rare = async (query: string) => requestPage.parse((await ask(query, { orgId: many })).body);
    const page = await rare('?model=rare');
    expect(page).toEqual({ data: [], nextCursor: '01b00000-0000-7000-8000-000000000001' });
    const next = await rare(`?model=rare&cursor=${page.nextCursor}`);
    expect(next.data.map(({ requestId }) => requestId)).toEqual([first.requestId]);
    expect(next.nextCursor).toBeNull();
  });

  it('rejects what is no filter, and callers without the right', async () => {
    for (const query of [
      '?outcome=late',
      '?keyId=x',
      '?from=yesterday',
      '?limit=0',
      '?colour=red',
      '?model=%00',
      '?from=0000-01-01T00:00:00Z',
    ]) {
      expect((await ask(query)).status).toBe(400);
    }
    expect((await ask('', { scopes: ['usage:read'] })).status).toBe(403);
  });
});
