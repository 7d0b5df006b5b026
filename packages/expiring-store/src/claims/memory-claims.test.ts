import { describeClaimStore } from './conformance.ts';
import { createMemoryClaimStore } from './memory-claims.ts';

describeClaimStore('memory', async () => {
  let timeMs = 5000;
  return {
    open: async (bounds) => createMemoryClaimStore({ ...bounds, now: () => timeMs }),
    async passTime(ms) {
      timeMs += ms;
    },
    async close() {
      timeMs = 0;
    },
  };
});
