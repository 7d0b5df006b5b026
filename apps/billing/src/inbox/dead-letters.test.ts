import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { installation } from '../audit/write-audit.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { countDeadLetters, dropDeadLetter, listDeadLetters, readDeadLetter, replayDeadLetter } from './dead-letters.ts';

const now = new Date('2026-11-30T10:00:00Z');
let world: World;
beforeEach(async () => {
  await world?.close();
  world = await openWorld();
});
afterAll(() => world.close());

const list = async () => (await listDeadLetters(world.database, { limit: 10 })).data;
const replay = (id = '') => replayDeadLetter(world, id, now, installation);

describe('dead letters of billing', () => {
  it('are listed newest first, by pages, and read as they came', async () => {
    const orgId = await world.fund(10_000n);
    const wrong = [1, 2, 3].map((n) => ({ ...usageEvent({ orgId, costNanoUsd: n }), amountNanoUsd: '999' }));
    for (const event of wrong) await world.handle(event);

    const page = await listDeadLetters(world.database, { limit: 2 });
    const rest = await listDeadLetters(world.database, { limit: 2, cursor: page.nextCursor ?? '' });
    expect([...page.data, ...rest.data].map(({ eventId }) => eventId)).toEqual(
      wrong.map(({ eventId }) => eventId).reverse(),
    );
    expect(rest.nextCursor).toBeNull();
    expect(page.data[0]).toMatchObject({ reason: 'amount_mismatch' });
    const read = await readDeadLetter(world.database, page.data[0]?.id ?? '');
    expect(JSON.parse(read?.body ?? '')).toEqual(wrong[2]);
    expect(await countDeadLetters(world.database)).toBe(3);
  });

  it('are posted once by a replay when the cause is gone, and are no dead letters then (I7)', async () => {
    const orgId = await world.fund(10_000n);
    const event = usageEvent({ orgId, costNanoUsd: 1000 });
    // As an older billing has refused an event of a newer proxy.
    await world.database.$executeRaw`
      INSERT INTO quarantine (id, event_id, body_hash, reason, body)
      VALUES (${randomUUID()}::uuid, ${event.eventId}, decode('00', 'hex'), 'invalid_event', ${JSON.stringify(event)})`;
    const [letter] = await list();

    expect(await replay(letter?.id)).toEqual({ result: 'handled', reason: null });
    expect(await replay(letter?.id)).toBeNull();

    expect(await world.balances(orgId)).toEqual({ available: 9_000n, leased: 0n });
    expect(await list()).toEqual([]);
    expect(await world.check()).toMatchObject({ isConsistent: true, faults: [] });
  });

  it('stay where a replay is refused for the same reason', async () => {
    const orgId = await world.fund(10_000n);
    await world.handle({ ...usageEvent({ orgId }), amountNanoUsd: '999' }, 'no JSON');
    const before = await list();
    expect(before.map(({ reason }) => reason).sort()).toEqual(['amount_mismatch', 'invalid_event']);

    for (const { id } of before) expect(await replay(id)).toMatchObject({ result: 'rejected' });

    expect(await list()).toEqual(before);
    expect(await world.balances(orgId)).toEqual({ available: 10_000n, leased: 0n });
  });

  it('are dropped once, with an audit entry that names the event and who did it', async () => {
    const orgId = await world.fund(10_000n);
    await world.handle({ ...usageEvent({ orgId }), amountNanoUsd: '999' });
    const [letter] = await list();
    const userId = randomUUID();
    const drop = () => dropDeadLetter(world.database, letter?.id ?? '', now, { ...installation, userId });

    expect((await Promise.all([drop(), drop()])).sort()).toEqual([false, true]);
    expect(await drop()).toBe(false);

    expect(await countDeadLetters(world.database)).toBe(0);
    const entries = await world.database.$queryRaw<Record<string, unknown>[]>`
      SELECT action, actor_user_id::text AS "userId" FROM audit_entry WHERE subject_type = 'dead_letter'`;
    expect(entries).toEqual([{ action: 'dead_letter_dropped', userId }]);
    expect(await world.count('quarantine')).toBe(1);
  });
});
