import { describe, expect, it } from '@jest/globals';
import { toCsv } from './csv.ts';

describe('a table as CSV', () => {
  it('keeps quotes, commas and line ends', () => {
    expect(
      toCsv([
        ['a', 'b'],
        ['say "hi"', 'x,y\nz'],
      ]),
    ).toBe('a,b\r\n"say ""hi""","x,y\nz"');
  });

  it.each(['=1+1', '+1', '@sum', '-cmd', '\tx'])('runs no formula: %j', (text) => {
    expect(toCsv([[text]])).toBe(`'${text}`);
  });

  it('leaves amounts as they are', () => {
    expect(toCsv([['-24600']])).toBe('-24600');
  });
});
