import { afterEach, describe, expect, it } from '@jest/globals';
import { type ArrivingBody, BodyWatch } from './body-watch.ts';

describe('BodyWatch', () => {
  const clock = { ms: 0 };
  const cuts: string[] = [];
  let watch: BodyWatch | null = null;
  afterEach(() => {
    watch?.close();
    clock.ms = 0;
    cuts.length = 0;
  });

  function start(): BodyWatch {
    watch = new BodyWatch({
      ...{ windowMs: 5000, bytesPerSecondMin: 100, now: () => clock.ms },
      onCut: (reason) => cuts.push(reason),
    });
    return watch;
  }

  function pass(opened: BodyWatch, seconds: number, each: () => void = () => undefined): void {
    for (let second = 0; second < seconds; second += 1) {
      clock.ms += 1000;
      each();
      opened.look();
    }
  }

  it('cuts a body that pauses for one window, and keeps one that arrives at the least rate', () => {
    const opened = start();
    const silent = enterInto(opened, 'a');
    const steady = enterInto(opened, 'b');

    pass(opened, 4, () => (steady.receivedBytes += 100));
    expect(silent.isCut).toBe(false);
    pass(opened, 16, () => (steady.receivedBytes += 100));

    expect(silent.isCut).toBe(true);
    expect(steady.isCut).toBe(false);
  });

  it('cuts a body that began fast and is slow now', () => {
    const opened = start();
    const body = enterInto(opened, 'a');
    body.receivedBytes = 1_000_000;
    pass(opened, 5);
    expect(body.isCut).toBe(false);

    pass(opened, 5, () => (body.receivedBytes += 99));

    expect(body.isCut).toBe(true);
    expect(cuts).toEqual(['slow']);
  });

  it('does not hold a pause of the gateway itself against the clients', () => {
    const opened = start();
    const body = enterInto(opened, 'a');
    pass(opened, 1);

    clock.ms += 20_000;
    opened.look();

    expect(body.isCut).toBe(false);
  });

  it('evicts the oldest body of the same owner, else the oldest of all if it is no longer young', () => {
    const opened = start();
    const foreign = enterInto(opened, 'other');
    clock.ms += 10;
    const [older, newer] = [enterInto(opened, 'a'), enterInto(opened, 'a')];

    expect(opened.cutOldest('a')).toBe(true);
    expect([foreign.isCut, older.isCut, newer.isCut]).toEqual([false, true, false]);
    expect(opened.cutOldest('b')).toBe(false);
    clock.ms += 1000;
    expect(opened.cutOldest('b')).toBe(true);
    expect(foreign.isCut).toBe(true);
  });
});

/** A body whose bytes the test sets. It leaves the watch when it is cut, as a real one does. */
function enterInto(watch: BodyWatch, owner: string) {
  const body = { receivedBytes: 0, isCut: false };
  let leave: () => void = () => undefined;
  const arriving: ArrivingBody = {
    owner,
    get receivedBytes() {
      return body.receivedBytes;
    },
    cut() {
      body.isCut = true;
      leave();
    },
  };
  leave = watch.enter(arriving);
  return body;
}
