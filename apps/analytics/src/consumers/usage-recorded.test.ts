import { usageRecordedDeadLetterTopic, usageRecordedTopic } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnalytics, type TestAnalytics } from '../testing/start-analytics.ts';
import { orgId, usageEvent } from '../testing/usage-event.ts';

describe('usage.recorded', () => {
  let analytics: TestAnalytics;
  beforeAll(async () => {
    analytics = await startAnalytics(Date.UTC(2026, 10, 21, 12));
  });
  afterAll(() => analytics.stop());

  const readRequests = async () => {
    const { _sum } = await analytics.context.database.usageRollup.aggregate({ _sum: { requests: true } });
    return Number(_sum.requests ?? 0n);
  };

  it('counts what can be counted, and sends the rest to the dead letters with the reason', async () => {
    const letters: { reason: string; value: string }[] = [];
    const watcher = await analytics.eventLog.consume({
      topic: usageRecordedDeadLetterTopic,
      group: 'test',
      batchMax: 100,
      deadLetterTopic: 'test.dead-letter',
      onError: () => undefined,
      async handle(records) {
        for (const { value } of records) letters.push(JSON.parse(value));
        return { rejected: [] };
      },
    });
    const good = usageEvent();
    const values = ['{"half":', JSON.stringify(good), JSON.stringify({ ...usageEvent(), prompt: 'x' })];
    await analytics.eventLog.publish(
      usageRecordedTopic,
      values.map((value) => ({ key: orgId, value })),
    );
    await analytics.record([{ ...good, latencyMs: 101 }, usageEvent()], 2);

    await waitFor(() => letters.length === 3, { describe: 'three dead letters' });
    expect(letters.map(({ reason }) => reason).sort()).toEqual([
      expect.stringMatching(/prompt/),
      'another event of this id or request was counted before',
      'not JSON',
    ]);
    expect(letters.map(({ value }) => value)).toContain('{"half":');
    await watcher.close();
  });

  it('changes nothing when the whole log comes again', async () => {
    const before = await readRequests();
    const events = [usageEvent(), usageEvent()];
    await analytics.record(events, before + 2);
    await analytics.record([...events, ...events, usageEvent()], before + 3);

    expect(await readRequests()).toBe(before + 3);
  });
});
