import { randomUUID } from 'node:crypto';
import type { AppError } from '@aggregator/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ArrivingBodies } from '../requests/arriving-bodies.ts';
import { createPrincipal } from '../testing/start-world.ts';
import { type RefusedBy, Room } from './room.ts';

describe('the room of a proxy', () => {
  let refused: [string, RefusedBy][];
  let room: Room;
  beforeEach(() => {
    refused = [];
    room = new Room({ requestsMax: 96, memoryMax: 960, onRefused: (pool, by) => refused.push([pool, by]) });
  });

  const failureOf = (act: () => unknown): Pick<AppError, 'code'> | null => {
    try {
      act();
      return null;
    } catch (error) {
      return error as AppError;
    }
  };
  const fill = (enter: () => unknown) => {
    let count = 0;
    while (failureOf(enter) === null) count += 1;
    return count;
  };

  it('gives one key a third of the places, its organisation half, and the rest to others (I12)', () => {
    const orgId = randomUUID();
    const key = createPrincipal({ orgId });
    expect(fill(() => room.enter(randomUUID(), key))).toBe(28);
    expect(failureOf(() => room.enter(randomUUID(), key))).toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterMs: 1000,
    });

    expect(fill(() => room.enter(randomUUID(), createPrincipal({ orgId })))).toBe(14);
    expect(failureOf(() => room.enter(randomUUID(), createPrincipal({ orgId })))?.code).toBe('rate_limit_exceeded');
    expect(failureOf(() => room.enter(randomUUID(), createPrincipal()))).toBeNull();
    expect(refused.slice(0, 1)).toEqual([['requests', 'key']]);
    expect(refused.at(-1)).toEqual(['requests', 'organization']);
  });

  it('gives one key a third of the memory, however many requests it has, and the rest to others (I12)', () => {
    const key = createPrincipal();
    const places = Array.from({ length: 3 }, () => room.enter(randomUUID(), key));
    for (const place of places) place.requireMemory(90);

    expect(failureOf(() => places[0]?.requireMemory(101))?.code).toBe('rate_limit_exceeded');
    expect(failureOf(() => room.enter(randomUUID(), createPrincipal()).requireMemory(180))).toBeNull();
    expect(room.memoryTaken).toBe(450);
    for (const place of places) place.leave();
    expect(room.memoryTaken).toBe(180);
    expect(failureOf(() => room.enter(randomUUID(), key).requireMemory(180))).toBeNull();
  });

  it('refuses a request that fits into no pool as the proxy does when it is full', () => {
    const place = room.enter(randomUUID(), createPrincipal());

    expect(failureOf(() => place.requireMemory(301))).toMatchObject({
      code: 'service_unavailable',
      retryAfterMs: 1000,
    });
    expect(refused).toEqual([['memory', 'pool']]);
  });

  it('refuses a request that is here already, and takes it again when it has left', () => {
    const id = randomUUID();
    const place = room.enter(id, createPrincipal());
    expect(failureOf(() => room.enter(id, createPrincipal()))?.code).toBe('conflict');

    place.leave();
    expect(room.count).toBe(0);
    expect(failureOf(() => room.enter(id, createPrincipal()))).toBeNull();
  });
});

describe('bodies that arrive', () => {
  it('are cut if they are slower than the rate behind the grace', () => {
    let nowMs = 0;
    const bodies = new ArrivingBodies({ graceMs: 10_000, bytesPerMsMin: 64, now: () => nowMs });
    const cut: string[] = [];
    const enter = (name: string, receivedBytes: number) =>
      bodies.enter({ receivedBytes, cut: ({ code }) => cut.push(`${name} ${code}`) });
    enter('silent', 0);
    enter('fast', 64_000);
    const leave = enter('whole', 0);
    leave();

    nowMs = 10_000;
    bodies.look();
    expect(cut).toEqual([]);
    nowMs = 10_001;
    bodies.look();
    expect(cut).toEqual(['silent request_timeout']);
    nowMs = 11_001;
    bodies.look();
    expect(cut.at(-1)).toBe('fast request_timeout');
    bodies.close();
  });
});
