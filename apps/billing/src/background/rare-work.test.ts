import { randomUUID } from 'node:crypto';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installation } from '../audit/write-audit.ts';
import { dropDeadLetter, listDeadLetters } from '../inbox/dead-letters.ts';
import { noteOutcome } from '../reconciliation/note-outcome.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { createWaitingWork, type HasWork } from './waiting-work.ts';

let world: World;
let hasWork: HasWork;
beforeAll(async () => {
  world = await openWorld();
  const exists = async (statement: string) => {
    const [row] = await world.database.$queryRawUnsafe<{ found: boolean }[]>(`SELECT EXISTS (${statement}) AS found`);
    return row?.found === true;
  };
  hasWork = createWaitingWork(async (statements) => {
    const found = new Set<string>();
    for (const [name, statement] of Object.entries(statements)) if (await exists(statement)) found.add(name);
    return found;
  }, 0);
});
afterAll(() => world.close());

const rare = [
  'differences',
  'reviews',
  'deadLetters',
  'spools',
  'gaps',
  'payments',
  'subscriptions',
  'promotionalCredits',
] as const;

describe('work of the rare tasks', () => {
  it('is absent from a new database', async () => {
    for (const work of rare) expect([work, await hasWork(work)]).toEqual([work, false]);
  });

  it('is a difference that waits for a person', async () => {
    await noteOutcome(world.database, new Date(), 'spools', {
      found: [{ orgId: randomUUID(), subject: 'one', details: {} }],
      facts: {},
    });
    expect(await hasWork('differences')).toBe(true);
  });

  it('is an open review, and no closed one', async () => {
    const id = createUuidV7();
    await world.database.usageReview.create({
      data: {
        ...{ id, requestId: randomUUID(), orgId: randomUUID(), provider: 'p', model: 'm' },
        ...{ chargedUsage: {}, reportedUsage: {}, charged: 1n, difference: 1n },
      },
    });
    expect(await hasWork('reviews')).toBe(true);
    await world.database.usageReview.update({ where: { id }, data: { state: 'closed', closedAt: new Date() } });
    expect(await hasWork('reviews')).toBe(false);
  });

  it('is a dead letter until it is decided', async () => {
    await world.handle({ eventId: randomUUID() });
    expect(await hasWork('deadLetters')).toBe(true);
    const { data } = await listDeadLetters(world.database, { limit: 10 });
    for (const { id } of data) await dropDeadLetter(world.database, id, new Date(), installation);
    expect(await hasWork('deadLetters')).toBe(false);
  });

  it('is a spool that has not reported for ten minutes, until it closes', async () => {
    await world.passMarks('quiet');
    expect(await hasWork('spools')).toBe(false);
    await world.database.$executeRaw`UPDATE spool SET last_seen_at = now() - interval '11 minutes'`;
    expect(await hasWork('spools')).toBe(true);
    await world.database.$executeRaw`UPDATE spool SET closed_at = now()`;
    expect(await hasWork('spools')).toBe(false);
    await world.database.$executeRaw`UPDATE spool SET closed_at = now() - interval '31 days'`;
    expect(await hasWork('spools')).toBe(true);
  });

  it('is a hole in the records of a spool', async () => {
    await world.database.$executeRaw`
      INSERT INTO spool_watermark (spool_id, epoch, seen, contiguous, max_seen) VALUES ('s', 1, '{[1,4)}', 3, 3)`;
    expect(await hasWork('gaps')).toBe(false);
    await world.database.$executeRaw`UPDATE spool_watermark SET gap_since = now()`;
    expect(await hasWork('gaps')).toBe(true);
  });
});
