import { describe, expect, it } from '@jest/globals';
import { splitCsv } from './split-csv.ts';

describe('cells of a CSV text', () => {
  it('keep commas, quotes and line ends that stand in quotes', () => {
    expect(splitCsv('\uFEFFname,note\r\n"a, ""b""","one\ntwo"\r\n')).toEqual({
      rows: [['name', 'note'], ['a, "b"', 'one\ntwo'], ['']],
      isClosed: true,
    });
  });

  it('are reported as open where a quote has no end', () => {
    expect(splitCsv('a,"b')).toEqual({ rows: [['a', 'b']], isClosed: false });
  });
});
