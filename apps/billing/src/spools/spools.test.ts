import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { findSpoolGaps } from './watch-gaps.ts';

let world: World;
let orgId: string;
beforeAll(async () => {
  world = await openWorld();
  orgId = await world.fund(1_000_000n);
});
afterAll(() => world.close());

async function arrive(spoolId: string, ...seqs: number[]): Promise<void> {
  await world.handle(...seqs.map((seq) => usageEvent({ orgId, spool: { id: spoolId, epoch: 1, seq } })));
}

const markOf = async (spoolId: string) => {
  const [mark] = await world.database.$queryRaw<{ contiguous: bigint; maxSeen: bigint; hasGap: boolean }[]>`
    SELECT contiguous, max_seen AS "maxSeen", gap_since IS NOT NULL AS "hasGap"
    FROM spool_watermark WHERE spool_id = ${spoolId}`;
  return mark;
};

describe('spool watermarks', () => {
  it('follow records that arrive out of order, over several batches', async () => {
    await arrive('scattered', 2, 5, 1);
    expect(await markOf('scattered')).toEqual({ contiguous: 2n, maxSeen: 5n, hasGap: true });
    await arrive('scattered', 4);
    expect(await markOf('scattered')).toEqual({ contiguous: 2n, maxSeen: 5n, hasGap: true });
    await arrive('scattered', 3);
    expect(await markOf('scattered')).toEqual({ contiguous: 5n, maxSeen: 5n, hasGap: false });
  });

  it('count records that were duplicates or refused: they were not lost', async () => {
    const first = usageEvent({ orgId, spool: { id: 'refused', epoch: 1, seq: 1 } });
    await world.handle(first);
    await world.handle(
      { ...usageEvent({ orgId, spool: { id: 'refused', epoch: 1, seq: 2 } }), amountNanoUsd: '7' },
      { ...first, spool: { ...first.spool, seq: 3 } },
    );
    expect(await markOf('refused')).toEqual({ contiguous: 3n, maxSeen: 3n, hasGap: false });
  });

  it('report a hole that stays, once', async () => {
    await arrive('holed', 1, 3);
    expect((await findSpoolGaps(world.database)).fresh).toEqual([]);

    expect(await findSpoolGaps(world.database, 0)).toEqual({
      fresh: [{ spoolId: 'holed', epoch: 1n, firstMissing: 2n, maxSeen: 3n }],
      open: 1,
    });
    expect((await findSpoolGaps(world.database, 0)).fresh).toEqual([]);

    await arrive('holed', 2);
    expect(await findSpoolGaps(world.database, 0)).toEqual({ fresh: [], open: 0 });
  });

  it('take a hole behind a filled one as a new one, so that reordering under load is no alarm', async () => {
    await arrive('busy', 1, 3, 5);
    await world.database.$executeRaw`
      UPDATE spool_watermark SET gap_since = now() - interval '1 hour' WHERE spool_id = 'busy'`;
    await arrive('busy', 2);
    expect((await findSpoolGaps(world.database)).fresh).toEqual([]);
  });

  it('stay small after any loss', async () => {
    const odd = Array.from({ length: 1200 }, (_, index) => index * 2 + 1);
    await arrive('lossy', ...odd.slice(0, 600));
    await arrive('lossy', ...odd.slice(600));
    expect(await markOf('lossy')).toEqual({ contiguous: 2399n, maxSeen: 2399n, hasGap: false });
  });
});
