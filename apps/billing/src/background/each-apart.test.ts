import { describe, expect, it } from '@jest/globals';
import { eachApart } from './each-apart.ts';

describe('eachApart', () => {
  const fail = async (item: number) => {
    if (item % 2 === 1) throw new Error(`item ${item}`);
  };

  it('reports an item that fails, and does the others', async () => {
    const failed: number[] = [];
    const done = await eachApart([1, 2, 3, 4], fail, (item) => failed.push(item));
    expect({ done, failed }).toEqual({ done: 2, failed: [1, 3] });
  });

  it('ends at the 20th failure: then something common to all fails', async () => {
    const failed: number[] = [];
    const items = Array.from({ length: 100 }, (_, index) => index * 2 + 1);
    await expect(eachApart(items, fail, (item) => failed.push(item))).rejects.toThrow('item 39');
    expect(failed).toHaveLength(19);
  });
});
