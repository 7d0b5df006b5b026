import { randomUUID } from 'node:crypto';
import type { AdviceAnswer } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Month } from '../invoices/month-bounds.ts';
import { createAdviceDesk } from './advice-desk.ts';

const monthOf = (month: number) => ({ from: new Date(Date.UTC(2026, month)) }) as Month;

function open() {
  const computed: string[] = [];
  const turn = Promise.withResolvers<void>();
  const desk = createAdviceDesk(
    async (orgId, { from }) => {
      await turn.promise;
      computed.push(`${orgId} ${from.getUTCMonth()}`);
      return {} as AdviceAnswer;
    },
    () => 0,
  );
  return { desk, computed, start: turn.resolve };
}

describe('the desk of advice', () => {
  it('lets one organisation wait for one month, so that others find room (I12)', async () => {
    const { desk, computed, start } = open();
    const [greedy, other] = [randomUUID(), randomUUID()];
    const first = desk.read(greedy, monthOf(0));
    expect(() => desk.read(greedy, monthOf(1))).toThrow(expect.objectContaining({ code: 'service_unavailable' }));
    const same = desk.read(greedy, monthOf(0));
    const second = desk.read(other, monthOf(0));
    start();
    await Promise.all([first, same, second]);
    expect(computed).toEqual([`${greedy} 0`, `${other} 0`]);
    await desk.read(greedy, monthOf(1));
  });

  it('keeps a few months of one organisation, and drops its own first', async () => {
    const { desk, computed, start } = open();
    start();
    const [greedy, other] = [randomUUID(), randomUUID()];
    await desk.read(other, monthOf(0));
    for (const month of Array.from({ length: 12 }, (_, at) => at)) await desk.read(greedy, monthOf(month));
    expect(computed.length).toBe(13);
    await desk.read(other, monthOf(0));
    await desk.read(greedy, monthOf(11));
    expect(computed.length).toBe(13);
    await desk.read(greedy, monthOf(0));
    expect(computed.length).toBe(14);
  });

  it('keeps at most a hundred answers', async () => {
    const { desk, computed, start } = open();
    start();
    const orgIds = Array.from({ length: 101 }, () => randomUUID());
    for (const orgId of orgIds) await desk.read(orgId, monthOf(0));
    await desk.read(orgIds[100] ?? '', monthOf(0));
    expect(computed.length).toBe(101);
    await desk.read(orgIds[0] ?? '', monthOf(0));
    expect(computed.length).toBe(102);
  });
});
