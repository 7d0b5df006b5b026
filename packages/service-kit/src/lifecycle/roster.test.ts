import { describe, expect, it } from '@jest/globals';
import { measureKept } from './__fixtures__/measure-kept.ts';
import { Roster } from './roster.ts';

describe('a roster', () => {
  it('holds the present items for any order of leaving', () => {
    const roster = new Roster<string>();
    const leave = new Map(['a', 'b', 'c', 'd'].map((name) => [name, roster.enter(name)]));

    leave.get('b')?.();
    leave.get('d')?.();
    roster.enter('e');
    leave.get('a')?.();

    expect([...roster].sort()).toEqual(['c', 'e']);
    expect(roster.size).toBe(2);
  });

  it('removes no other item when one leaves twice', () => {
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
    const roster = new Roster<{ text: number[] }>();
    expect(measureKept((_index, text) => roster.enter({ text }))).toBeLessThan(4_000_000);
  });
});
