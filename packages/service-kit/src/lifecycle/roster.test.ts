import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { Roster } from './roster.ts';

describe('a roster', () => {
  it('holds who is in, whatever order they leave in', () => {
    const roster = new Roster<string>();
    const leave = new Map(['a', 'b', 'c', 'd'].map((name) => [name, roster.enter(name)]));

    leave.get('b')?.();
    leave.get('d')?.();
    roster.enter('e');
    leave.get('a')?.();

    expect([...roster].sort()).toEqual(['c', 'e']);
    expect(roster.size).toBe(2);
  });

  it('lets nobody else go where one leaves twice', () => {
    const roster = new Roster<string>();
    const leaveFirst = roster.enter('first');
    roster.enter('second');
    roster.enter('third');

    leaveFirst();
    leaveFirst();

    expect([...roster].sort()).toEqual(['second', 'third']);
  });

  it('can be gone through while its members leave', () => {
    const roster = new Roster<() => void>();
    for (let index = 0; index < 5; index += 1) {
      const leave: () => void = roster.enter(() => leave());
    }
    let seen = 0;

    for (const member of roster) {
      seen += 1;
      member();
    }

    expect([seen, roster.size]).toEqual([5, 0]);
  });

  it('leaves what has passed through to the collector of young objects', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: { type: 'major' | 'minor' }) => void;
    const roster = new Roster<{ text: number[] }>();
    const inside: (() => void)[] = Array.from({ length: 32 }, () => roster.enter({ text: [] }));
    collect({ type: 'major' });
    const before = getHeapStatistics().used_heap_size;

    for (let index = 0; index < 20_000; index += 1) {
      inside.push(roster.enter({ text: new Array<number>(100).fill(index) }));
      inside.shift()?.();
      if (index % 1000 === 0) collect({ type: 'minor' });
    }
    collect({ type: 'minor' });

    // 16 MB have passed through.
    expect(getHeapStatistics().used_heap_size - before).toBeLessThan(4_000_000);
  });
});
