import { describe, expect, it } from '@jest/globals';
import { makeSettlement } from './__fixtures__/records.ts';
import { RecentSettlements } from './recent-settlements.ts';

const start = { segment: 1, offset: 0 };

function makeWritten(index: number, json = '{}') {
  const event = { ...makeSettlement(`request-${index}`), spool: { id: 'spool', epoch: 1, seq: index } };
  return { event, json, end: { segment: 1, offset: index * 100 } };
}

describe('recent settlements', () => {
  it('are returned oldest first, at most as many as asked for, again and again until they are shipped', () => {
    const recent = new RecentSettlements(start);
    const [first, second, third] = [1, 2, 3].map((index) => makeWritten(index));
    for (const written of [first, second, third]) if (written) recent.add(written);

    expect(recent.read(start, 2)).toEqual([first, second]);
    expect(recent.read(start, 2)).toEqual([first, second]);
    recent.forgetUntil({ segment: 1, offset: 200 });
    expect(recent.read({ segment: 1, offset: 200 }, 2)).toEqual([third]);
  });

  it('are not returned to a reader that has not read the ones before them', () => {
    const recent = new RecentSettlements({ segment: 2, offset: 0 });
    recent.add(makeWritten(1));

    expect(recent.read({ segment: 1, offset: 900 }, 10)).toBeNull();
  });

  it('are forgotten if they are too many, until the reader has passed what was forgotten', () => {
    const recent = new RecentSettlements(start);
    recent.add(makeWritten(1, 'x'.repeat(1024 * 1024)));
    recent.add(makeWritten(2, 'x'.repeat(1024 * 1024 + 1)));
    recent.add(makeWritten(3));

    expect(recent.read(start, 10)).toBeNull();
    expect(recent.read({ segment: 1, offset: 100 }, 10)).toBeNull();
    expect(recent.read({ segment: 1, offset: 200 }, 10)).toEqual(
      [makeWritten(3)].map((written) => expect.objectContaining({ end: written.end })),
    );
  });
});
