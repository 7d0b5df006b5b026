import { describe, expect, it } from '@jest/globals';
import { SnapshotOffers } from './snapshot-offers.ts';

const minuteMs = 60_000;

describe('a snapshot that was offered', () => {
  const open = () => {
    const clock = { nowMs: 5 };
    return { clock, offers: new SnapshotOffers(() => clock.nowMs) };
  };

  it('makes the proxy unready when it has no answer for a minute, however often it is offered again', () => {
    const { clock, offers } = open();
    offers.requireAnswer();
    offers.noteOffer();
    clock.nowMs += minuteMs;
    offers.noteOffer();
    expect(() => offers.requireAnswer()).not.toThrow();
    clock.nowMs += 1;
    expect(() => offers.requireAnswer()).toThrow('neither taken nor refused');
    offers.answer({ epoch: 1, version: 2 }, 'ack', []);
    expect(() => offers.requireAnswer()).not.toThrow();
  });

  it('leaves a proxy ready that said no: it serves on with what it has', () => {
    const { clock, offers } = open();
    offers.noteOffer();
    offers.answer({ epoch: 1, version: 2 }, 'nack', [{ entry: 'snapshot', message: 'no' }]);
    clock.nowMs += 10 * minuteMs;

    expect(() => offers.requireAnswer()).not.toThrow();
    expect(offers.answered).toMatchObject({ version: 2, result: 'nack' });
  });
});
