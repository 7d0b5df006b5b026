import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createMemoryAdmissionStore } from '../memory/memory-store.ts';
import { createShelteredRates } from './sheltered-rates.ts';

const limit = { subject: 'management:a', ratePerMinute: 8, cost: 1 };

/** A store that can be switched off, and how often it was asked. */
function makeWorld(sharedBy = 4) {
  const store = createMemoryAdmissionStore();
  const state = { isAway: false, asked: 0, changes: [] as boolean[] };
  const guard = <Answer>(answer: () => Promise<Answer>) =>
    state.isAway ? Promise.reject(new Error('away')) : answer();
  const rates = createShelteredRates({
    primary: {
      takeRate(taken) {
        state.asked += 1;
        return guard(() => store.takeRate(taken));
      },
      readEpoch: () => guard(() => store.readEpoch()),
    },
    sharedBy,
    onChange: (isAway) => state.changes.push(isAway),
  });
  return { rates, state };
}

describe('limits of rate while their store is away', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('are counted here, each process for its part (I14)', async () => {
    const { rates, state } = makeWorld();
    state.isAway = true;

    const verdicts = [];
    for (let request = 0; request < 3; request += 1) verdicts.push(await rates.takeRate(limit));

    expect(verdicts.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false]);
    expect(verdicts[0]?.limit).toBe(2);
    await rates.close();
  });

  it('wait for the store once, and not with each request', async () => {
    const { rates, state } = makeWorld();
    state.isAway = true;

    for (let request = 0; request < 5; request += 1) await rates.takeRate(limit);

    expect(state.asked).toBe(1);
    expect(state.changes).toEqual([true]);
    await rates.close();
  });

  it('are the whole limits again once the store answers', async () => {
    jest.useFakeTimers();
    const { rates, state } = makeWorld();
    state.isAway = true;
    await rates.takeRate(limit);
    state.isAway = false;

    await jest.advanceTimersByTimeAsync(1000);

    expect(state.changes).toEqual([true, false]);
    expect(await rates.takeRate(limit)).toMatchObject({ isAllowed: true, limit: 8 });
    await rates.close();
  });

  it('say so where the store finds a request wrong, and do not take it for away', async () => {
    const { rates, state } = makeWorld();

    await expect(rates.takeRate({ ...limit, cost: -1 })).rejects.toThrow(RangeError);

    expect(state.changes).toEqual([]);
    await rates.close();
  });
});
