import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BlockList } from './block-list.ts';

describe('BlockList', () => {
  it('returns the bytes that were added, in blocks that are full except the last, for any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.boolean(), (pieces, isLengthKnown) => {
        const whole = Buffer.concat(pieces);
        const blocks = new BlockList(isLengthKnown ? whole.length : null, 16);
        for (const piece of pieces) blocks.add(Buffer.from(piece));

        const taken = blocks.take();

        expect(blocks.length).toBe(whole.length);
        expect(Buffer.concat(taken).equals(whole)).toBe(true);
        const isWhole = isLengthKnown && pieces.some(({ length }) => length === whole.length);
        expect(taken.slice(0, -1).every(({ length }) => length === 16) || isWhole).toBe(true);
      }),
    );
  });

  it('keeps a body of single bytes in few buffers (I12)', () => {
    const blocks = new BlockList(null, 64 * 1024);
    for (let count = 0; count < 100_000; count += 1) blocks.add(Buffer.from([count & 0xff]));

    expect(blocks.take()).toHaveLength(2);
  });
});
