import { setImmediate as nextIteration } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.ts';

describe('turns of large requests', () => {
  it('are one in each iteration of the event loop for any number that waits (I4)', async () => {
    const turns = new Turns();
    let taken = 0;
    const work = async (caller: string) => {
      for (let step = 0; step < 5; step += 1) {
        await turns.take(caller);
        taken += 1;
      }
    };
    const all = Promise.all([work('a'), work('a'), work('b'), work('c')]);
    const perIteration: number[] = [];
    while (taken < 20) {
      const before = taken;
      await nextIteration();
      perIteration.push(taken - before);
    }
    await all;
    expect(Math.max(...perIteration)).toBe(1);
  });

  it('go to callers in turn, however many requests one of them has (I12)', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const take = (caller: string) => turns.take(caller).then(() => order.push(caller));
    await Promise.all([take('many'), take('many'), take('many'), take('many'), take('one'), take('other')]);
    expect(order).toEqual(['many', 'one', 'other', 'many', 'many', 'many']);
  });
});
