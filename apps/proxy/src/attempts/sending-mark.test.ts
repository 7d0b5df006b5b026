import { describe, expect, it } from '@jest/globals';
import { SendingMark } from './sending-mark.ts';

function create({ isFull = false } = {}) {
  const steps: string[] = [];
  const fail = () => {
    throw new Error('spool_full');
  };
  const spool = {
    gatherMark: (_eventId: string, mark: string) => {
      steps.push(`gather ${mark}`);
      return isFull ? fail : () => void steps.push(`require ${mark}`);
    },
    appendMark: (_eventId: string, mark: string) => void (isFull ? fail() : steps.push(`append ${mark}`)),
  };
  return { steps, mark: new SendingMark(spool, { requestId: 'r', attempt: 2 }) };
}

describe('SendingMark', () => {
  it('is on record before the first of the calls of an attempt is sent, once (I1)', () => {
    const { mark, steps } = create();
    mark.gather();
    mark.gather();
    mark.onSending();
    mark.onSending();
    mark.gather();
    mark.onWaiting();
    expect(steps).toEqual(['gather r/2', 'require r/2']);
  });

  it('is taken back while the call waits for a connection, and written at once when it is sent (I1)', () => {
    const { mark, steps } = create();
    mark.gather();
    mark.onWaiting();
    mark.onWaiting();
    expect(steps).toEqual(['gather r/2', 'append r/0']);
    mark.onSending();
    expect(steps.slice(2)).toEqual(['append r/2']);
  });

  it('stays if the disk does not take that it is taken back, and no call is sent without it (I11)', () => {
    const { mark } = create({ isFull: true });
    mark.gather();
    mark.onWaiting();
    expect(() => mark.onSending()).toThrow('spool_full');
  });
});
