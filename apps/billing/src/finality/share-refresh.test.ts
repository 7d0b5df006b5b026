import { describe, expect, it } from '@jest/globals';
import { shareRefresh } from './share-refresh.ts';

describe('a shared look at spools and log', () => {
  it('serves all that want one within its age, and a failed one serves no later task', async () => {
    let [looks, nowMs, fails] = [0, 0, false];
    const finality = {
      refresh: async () => {
        looks += 1;
        if (fails) throw new Error('the log is away');
      },
      judge: () => null,
    };
    const shared = shareRefresh(finality, 1000, () => nowMs);

    await Promise.all([shared.refresh(), shared.refresh()]);
    nowMs = 999;
    await shared.refresh();
    expect(looks).toBe(1);

    nowMs = 1000;
    fails = true;
    await expect(Promise.all([shared.refresh(), shared.refresh()])).rejects.toThrow('the log is away');
    expect(looks).toBe(2);

    fails = false;
    await shared.refresh();
    expect(looks).toBe(3);
  });
});
