import { createMemoryAdmissionStore } from '@aggregator/admission';
import { describe, expect, it } from '@jest/globals';
import { OpenHolds, watchHolds } from './open-holds.ts';
import { SpoolMarks } from './spool-marks.ts';

/** A spool in memory, whose event log acknowledges when it is asked to. */
function openSpool(abandoned: readonly string[] = []) {
  const intents = new Set(abandoned);
  const state = { epoch: 1, seq: 0, settled: 0, shipped: 0 };
  return {
    readProgress: () => ({ ...state }),
    listOpenIntents: () => [...intents],
    hasOpenIntent: (id: string) => intents.has(id),
    dispatch: (id: string) => void intents.add(id),
    settle(id: string) {
      intents.delete(id);
      state.seq += 1;
      state.settled += 1;
    },
    acknowledgeAll() {
      state.shipped = state.settled;
    },
  };
}

async function open(abandoned: readonly string[] = []) {
  let nowMs = 0;
  const spool = openSpool(abandoned);
  const holds = new OpenHolds(() => nowMs);
  const primary = createMemoryAdmissionStore();
  await primary.grantCredit({ orgId: 'org', leaseId: 'lease', amountNanoUsd: 100n });
  const store = watchHolds(primary, holds);
  const marks = new SpoolMarks(spool, holds);
  return {
    ...{ spool, holds, store, marks },
    passTime(ms: number) {
      nowMs += ms;
    },
    passed: () => marks.readPassed()?.mark ?? null,
    hold: (requestId: string, holdNanoUsd = 1n) =>
      store.admit({ orgId: 'org', requestId, holdNanoUsd, rates: [], concurrency: [], holdTtlMs: 1000 }),
    release: (requestId: string) => store.settle({ orgId: 'org', requestId, actualNanoUsd: 0n, actualCosts: {} }),
  };
}

describe('a mark of billing (I1, I2)', () => {
  it('passes at once when nothing is open and all is acknowledged', async () => {
    const { marks, passed } = await open();
    expect(passed()).toBeNull();
    marks.take('7');
    expect(passed()).toBe('7');
  });

  it('waits for a request that holds money and is not dispatched yet', async () => {
    const { marks, passed, hold, release, spool } = await open();
    await hold('one');
    marks.take('1');
    expect(passed()).toBeNull();
    spool.dispatch('one');
    expect(passed()).toBeNull();
    spool.settle('one');
    await release('one');
    expect(passed()).toBeNull();
    spool.acknowledgeAll();
    expect(marks.readPassed()).toEqual({ mark: '1', seq: 1 });
  });

  it('does not wait for requests that began after it', async () => {
    const { marks, passed, hold } = await open();
    marks.take('1');
    await hold('later');
    expect(passed()).toBe('1');
    marks.take('2');
    expect(passed()).toBe('1');
  });

  it('does not wait for a request that was not admitted', async () => {
    const { marks, passed, hold } = await open();
    expect((await hold('dear', 101n)).result).toBe('no_credit');
    marks.take('1');
    expect(passed()).toBe('1');
  });

  it('waits for what an earlier process left open, until it is settled and acknowledged', async () => {
    const { marks, passed, spool } = await open(['left']);
    marks.take('1');
    expect(passed()).toBeNull();
    spool.settle('left');
    expect(passed()).toBeNull();
    spool.acknowledgeAll();
    expect(passed()).toBe('1');
  });

  it('waits for acknowledgements of what was settled before, not of what came later', async () => {
    const { marks, passed, spool } = await open(['a']);
    marks.take('1');
    spool.settle('a');
    expect(passed()).toBeNull();
    spool.acknowledgeAll();
    spool.settle('b');
    expect(marks.readPassed()).toEqual({ mark: '1', seq: 1 });
  });

  it('forgets a hold that leaked, twice its time later, unless the request is dispatched', async () => {
    const { marks, passed, hold, passTime, spool } = await open();
    await hold('leaked');
    await hold('running');
    spool.dispatch('running');
    marks.take('1');
    passTime(2001);
    expect(passed()).toBeNull();
    spool.settle('running');
    spool.acknowledgeAll();
    expect(passed()).toBe('1');
  });

  it('keeps a bounded number of marks', async () => {
    const { marks, passed, spool } = await open(['left']);
    for (let mark = 1; mark <= 20; mark += 1) marks.take(String(mark));
    spool.settle('left');
    spool.acknowledgeAll();
    expect(passed()).toBe('8');
  });
});
