import { describe, expect, it } from '@jest/globals';
import { SnapshotAcks } from './snapshot-acks.ts';

const ackOf = (proxyId: string) => ({ proxyId, epoch: 1, version: 1, result: 'ack' as const, problems: [] });

describe('acks of snapshots', () => {
  it('forget the proxy that was silent longest when there are too many', () => {
    const acks = new SnapshotAcks(2);
    acks.record(ackOf('a'), 1);
    acks.record(ackOf('b'), 2);
    acks.record(ackOf('a'), 3);
    acks.record(ackOf('c'), 4);

    expect(acks.list().map(({ ack, lastSeenMs }) => [ack.proxyId, lastSeenMs])).toEqual([
      ['a', 3],
      ['c', 4],
    ]);
  });
});
