import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Breaker, type BreakerPass } from './breaker.ts';

const create = (random = () => 0) => new Breaker({ failuresInRowMax: 3, random });

/** Begins and fails at once, `count` times. */
function failTimes(breaker: Breaker, count: number, nowMs = 0): void {
  for (let time = 0; time < count; time += 1) breaker.fail(breaker.begin(nowMs), nowMs);
}

describe('a breaker', () => {
  it('opens on three failures in a row, not on two', () => {
    const breaker = create();
    failTimes(breaker, 2);
    expect(breaker.judge(0)).toBe('closed');
    breaker.succeed(breaker.begin(0));
    failTimes(breaker, 2);
    expect(breaker.judge(0)).toBe('closed');
    failTimes(breaker, 1);
    expect(breaker.judge(0)).toBe('open');
  });

  it('opens on half of the last 20', () => {
    const breaker = create();
    for (let round = 0; round < 9; round += 1) {
      failTimes(breaker, 1);
      breaker.succeed(breaker.begin(0));
    }
    expect(breaker.judge(0)).toBe('closed');
    failTimes(breaker, 1);
    expect(breaker.judge(0)).toBe('open');
  });

  it('stays closed when failures are spread thinner, however long', () => {
    const breaker = create();
    for (let time = 0; time < 1000; time += 1) {
      const pass = breaker.begin(0);
      if (time % 5 < 2) breaker.fail(pass, 0);
      else breaker.succeed(pass);
      expect(breaker.isOpen).toBe(false);
    }
  });

  it('starts afresh when it was closed', () => {
    const breaker = create();
    for (let round = 0; round < 9; round += 1) {
      failTimes(breaker, 1);
      if (round < 8) breaker.succeed(breaker.begin(0));
    }
    failTimes(breaker, 1);
    expect(breaker.isOpen).toBe(true);
    breaker.succeed(breaker.begin(0));
    expect(breaker.failedShare).toBe(0);
    failTimes(breaker, 2);
    expect(breaker.isOpen).toBe(false);
  });

  it.each([
    [0, [5000, 10_000, 15_000, 15_000]],
    [0.999_999, [4000, 8000, 12_000, 12_000]],
  ])('waits longer for each probe after one that failed, up to 15 s and never more (chance %s)', (drawn, gapsMs) => {
    const breaker = create(() => drawn);
    failTimes(breaker, 3);
    let nowMs = 0;
    for (const gapMs of gapsMs) {
      expect(breaker.judge(nowMs + gapMs - 1)).toBe('open');
      nowMs += gapMs + 1;
      expect(breaker.judge(nowMs)).toBe('due');
      failTimes(breaker, 1, nowMs);
    }
  });

  it('lets one probe through when its time has come, and closes on its whole answer', () => {
    const breaker = create();
    failTimes(breaker, 3);
    expect(breaker.judge(4999)).toBe('open');
    expect(breaker.judge(5000)).toBe('due');
    const probe = breaker.begin(5000);
    expect(breaker.judge(5000)).toBe('open');
    breaker.succeed(probe);
    expect(breaker.judge(5000)).toBe('closed');
    failTimes(breaker, 2, 5000);
    expect(breaker.judge(5000)).toBe('closed');
  });

  it('asks for another probe when the first said nothing, or took too long to be known', () => {
    const breaker = create();
    failTimes(breaker, 3);
    breaker.forget(breaker.begin(5000), 6000);
    expect(breaker.judge(6000)).toBe('due');
    const slow = breaker.begin(6000);
    breaker.forget(breaker.begin(6000), 6000);
    expect(breaker.judge(20_999)).toBe('open');
    expect(breaker.judge(21_000)).toBe('due');
    const second = breaker.begin(21_000);
    breaker.fail(slow, 22_000);
    expect(breaker.judge(22_000)).toBe('open');
    breaker.succeed(second);
    expect(breaker.judge(22_000)).toBe('closed');
  });

  it('is closed by a whole answer of any attempt that began since it opened', () => {
    const breaker = create();
    failTimes(breaker, 3);
    const forced = breaker.begin(1000);
    breaker.fail(breaker.begin(5000), 5000);
    breaker.succeed(forced);
    expect(breaker.judge(5000)).toBe('closed');
  });

  it('is neither closed nor opened by what began before it opened', () => {
    const breaker = create();
    const early = Array.from({ length: 5 }, () => breaker.begin(0));
    failTimes(breaker, 3);
    const [success, ...others] = early;
    if (success !== undefined) breaker.succeed(success);
    expect(breaker.judge(0)).toBe('open');
    breaker.succeed(breaker.begin(5000));
    for (const pass of others) breaker.fail(pass, 5000);
    expect(breaker.judge(5000)).toBe('closed');
  });

  it('does not let failures of forced attempts put the probe off', () => {
    const breaker = create();
    failTimes(breaker, 3);
    for (let nowMs = 100; nowMs < 5000; nowMs += 100) failTimes(breaker, 1, nowMs);
    expect(breaker.judge(5000)).toBe('due');
  });

  it('is never without a probe for more than 15 s in any order of events', () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 4000 }),
        lastsMs: fc.integer({ min: 0, max: 40_000 }),
        end: fc.constantFrom('fail', 'forget'),
        drawn: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
      { minLength: 20, maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        let drawn = 0;
        const breaker = create(() => drawn);
        failTimes(breaker, 3);
        let nowMs = 0;
        let lastChanceMs = 0;
        const running: { pass: BreakerPass; endMs: number; end: string }[] = [];
        for (const step of all) {
          drawn = step.drawn;
          nowMs += step.afterMs;
          for (const one of running.filter((other) => other.endMs <= nowMs)) {
            if (one.end === 'fail') breaker.fail(one.pass, one.endMs);
            else breaker.forget(one.pass, one.endMs);
            running.splice(running.indexOf(one), 1);
          }
          const isDue = breaker.judge(nowMs) === 'due';
          expect(isDue || nowMs - lastChanceMs <= 15_000).toBe(true);
          if (isDue) lastChanceMs = nowMs;
          running.push({ pass: breaker.begin(nowMs), endMs: nowMs + step.lastsMs, end: step.end });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does what its description says, against a model that keeps everything', () => {
    type Began = { pass: BreakerPass; period: number };
    const operations = fc.array(
      fc.record({ what: fc.constantFrom('begin', 'succeed', 'fail', 'fail', 'forget'), which: fc.nat(20) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(operations, (all) => {
        const breaker = create();
        const running: Began[] = [];
        let outcomes: boolean[] = [];
        let isOpen = false;
        let period = 0;
        for (const { what, which } of all) {
          if (what === 'begin' || running.length === 0) running.push({ pass: breaker.begin(0), period });
          else {
            const [one] = running.splice(which % running.length, 1);
            if (one === undefined) continue;
            if (what === 'forget') breaker.forget(one.pass, 0);
            else if (what === 'succeed') breaker.succeed(one.pass);
            else breaker.fail(one.pass, 0);
            if (one.period !== period || what === 'forget') continue;
            if (isOpen) {
              if (what === 'succeed') {
                isOpen = false;
                period += 1;
                outcomes = [true];
              }
            } else {
              outcomes = [...outcomes, what === 'succeed'].slice(-20);
              const inRow = outcomes.length - 1 - outcomes.lastIndexOf(true);
              const failures = outcomes.filter((outcome) => !outcome).length;
              if (inRow >= 3 || failures >= 10) {
                isOpen = true;
                period += 1;
              }
            }
          }
          expect(breaker.isOpen).toBe(isOpen);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
