import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets 16 MB pass through a collection, 32 entries at a time, and returns the bytes that minor collections do not free of it.
 * `enter` returns the function that removes the entry.
 */
export function measureKept(enter: (index: number, text: number[]) => () => unknown): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major' | 'minor' }) => void;
  const inside = Array.from({ length: 32 }, (_, index) => enter(-1 - index, []));
  collect({ type: 'major' });
  const before = getHeapStatistics().used_heap_size;
  for (let index = 0; index < 20_000; index += 1) {
    inside.push(enter(index, new Array<number>(100).fill(index)));
    inside.shift()?.();
    if (index % 1000 === 0) collect({ type: 'minor' });
  }
  collect({ type: 'minor' });
  return getHeapStatistics().used_heap_size - before;
}
