import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Gathering } from './gathering.ts';

function gather() {
  const batches: number[][] = [];
  const gathering = new Gathering<number>((items) => batches.push([...items]));
  return { gathering, batches };
}

describe('gathered work', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is done together, in its order, after 50 ms', () => {
    jest.useFakeTimers();
    const { gathering, batches } = gather();
    gathering.add(1);
    jest.advanceTimersByTime(30);
    gathering.add(2);

    jest.advanceTimersByTime(19);
    expect(batches).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(batches).toEqual([[1, 2]]);
    gathering.add(3);
    jest.advanceTimersByTime(50);
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('never waits for more than 256 items', () => {
    const { gathering, batches } = gather();

    for (let item = 0; item < 600; item += 1) gathering.add(item);

    expect(batches.map((batch) => batch.length)).toEqual([256, 256]);
    gathering.flush();
    expect(batches.flat()).toEqual(Array.from({ length: 600 }, (_, index) => index));
  });

  it('is done once when a caller asks for it before its time', () => {
    jest.useFakeTimers();
    const { gathering, batches } = gather();
    gathering.add(1);

    gathering.flush();
    gathering.flush();
    jest.advanceTimersByTime(30);
    gathering.add(2);
    jest.advanceTimersByTime(49);

    expect(batches).toEqual([[1]]);
  });
});
