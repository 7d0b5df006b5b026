import { describe, expect, it } from '@jest/globals';
import { fromCell, toCsv } from './to-csv.ts';

describe('a table as CSV', () => {
  it('keeps quotes, commas and line ends', () => {
    expect(
      toCsv([
        ['a', 'b'],
        ['say "hi"', 'x,y\nz'],
      ]),
    ).toBe('a,b\r\n"say ""hi""","x,y\nz"\r\n');
  });

  it.each(['=1+1', '+1', '@sum', '-cmd', '-2+3+cmd', '\tx', "'=1"])('runs no formula: %j', (text) => {
    expect(toCsv([[text]])).toBe(`'${text}\r\n`);
    expect(fromCell(`'${text}`)).toBe(text);
  });

  it('leaves amounts as they are', () => {
    expect(toCsv([['-24600', '-0.5']])).toBe('-24600,-0.5\r\n');
    expect(fromCell('-24600')).toBe('-24600');
  });
});
