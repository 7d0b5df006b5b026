import { describe, expect, it } from '@jest/globals';
import { createWaitingWork } from './waiting-work.ts';

describe('work that waits', () => {
  it('is found by one query for all tasks that ask within its age', async () => {
    let queries = 0;
    const hasWork = createWaitingWork(async (statements) => {
      queries += 1;
      return new Set(Object.keys(statements).filter((name) => name === 'outbox'));
    }, 60_000);

    expect(await Promise.all([hasWork('outbox'), hasWork('notices'), hasWork('grants')])).toEqual([true, false, false]);
    expect(await hasWork('holds')).toBe(false);
    expect(queries).toBe(1);
  });

  it('is asked for again after a query that failed', async () => {
    let queries = 0;
    const hasWork = createWaitingWork(async () => {
      queries += 1;
      if (queries === 1) throw new Error('the database is away');
      return new Set(['notices']);
    }, 60_000);

    await expect(hasWork('notices')).rejects.toThrow('the database is away');
    expect(await hasWork('notices')).toBe(true);
  });
});
