import { describe, expect, it } from '@jest/globals';
import { describeAdmissionStore } from '../conformance.ts';
import { createMemoryAdmissionStore } from './memory-store.ts';
import { RateBuckets } from './rate-buckets.ts';

describeAdmissionStore('memory', async () => {
  let timeMs = 5_000;
  const now = () => timeMs;
  let store = createMemoryAdmissionStore({ now });
  return {
    get store() {
      return store;
    },
    nowMs: now,
    async passTime(ms) {
      timeMs += ms;
    },
    async loseData() {
      await store.close();
      store = createMemoryAdmissionStore({ now });
    },
    close: () => store.close(),
  };
});

describe('memory rate buckets', () => {
  it('forgets buckets that are full again while others are used', () => {
    const buckets = new RateBuckets(1000);
    for (let index = 0; index < 500; index += 1) buckets.add(`idle-${index}`, 0, 1000, 1);
    for (let turn = 0; turn < 600; turn += 1) {
      buckets.sweep(2000, 2);
      buckets.add('busy', 2000, 1000, 1);
    }
    expect(buckets.size).toBe(1);
  });

  it('never holds more buckets than its bound', () => {
    const buckets = new RateBuckets(100);
    for (let index = 0; index < 1000; index += 1) buckets.add(`subject-${index}`, 0, 60_000_000, 1);
    expect(buckets.size).toBe(100);
    expect(buckets.readBacklog('subject-999', 0, 1)).toBe(60_000_000);
  });
});
