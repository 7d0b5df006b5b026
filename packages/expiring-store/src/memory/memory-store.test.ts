import { describeExpiringStore } from '../conformance.ts';
import { createMemoryExpiringStore } from './memory-store.ts';

describeExpiringStore('memory', async () => {
  let timeMs = 5000;
  return {
    open: async (bounds) => createMemoryExpiringStore({ ...bounds, now: () => timeMs }),
    async passTime(ms) {
      timeMs += ms;
    },
    async close() {
      timeMs = 0;
    },
  };
});
