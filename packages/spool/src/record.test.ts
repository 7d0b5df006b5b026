import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRecord, RecordEncoder, recordBytesMax } from './record.ts';

describe('spool record', () => {
  it('reads back what was written, for any JSON', () => {
    const encoder = new RecordEncoder();
    fc.assert(
      fc.property(fc.json(), (json) => {
        const record = encoder.encode('intent', json);
        expect(record.indexOf('\n')).toBe(record.length - 1);
        const read = decodeRecord(record.subarray(0, -1));
        expect(read?.kind).toBe('intent');
        expect(read?.json.toString()).toBe(json);
      }),
    );
  });

  it('refuses a record in which any bit of any byte has changed', () => {
    const record = Buffer.from(new RecordEncoder().encode('settlement', '{"eventId":"a/1"}').subarray(0, -1));
    for (let bit = 0; bit < record.length * 8; bit += 1) {
      const damaged = Buffer.from(record);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeRecord(damaged)).toBeNull();
    }
  });

  it('takes a record of the greatest length and refuses one byte more', () => {
    const encoder = new RecordEncoder();
    const json = JSON.stringify('ü'.repeat(recordBytesMax / 2 - 1));
    expect(Buffer.byteLength(json)).toBe(recordBytesMax);
    expect(decodeRecord(encoder.encode('intent', json).subarray(0, -1))?.json.toString()).toBe(json);
    expect(() => encoder.encode('intent', `${json} `)).toThrow('internal_error');
  });
});
