import { describe, expect, it } from '@jest/globals';
import { countTextBytes } from './count-text-bytes.ts';

const picture = 'Q'.repeat(4000);
const other = 'R'.repeat(5000);

describe('the bytes of a body besides its pictures', () => {
  it('leave out each picture as often as the conversation has it, and no more', () => {
    const body = `{"a":"${picture}","б":"${other}","c":"${picture}"}`;
    const text = Buffer.byteLength('{"a":"","б":"","c":""}');
    expect(countTextBytes(body, [picture, other, picture])).toBe(text);
    expect(countTextBytes(body, [picture, other])).toBe(text + picture.length);
    expect(countTextBytes(body, [])).toBe(Buffer.byteLength(body));
  });

  it('count a picture that the body does not hold, or holds in another place, as text', () => {
    expect(countTextBytes('{"a":"text"}', [picture])).toBe(12);
    expect(countTextBytes(`${other}${picture}`, [picture, other])).toBe(5000);
  });

  it('count short pictures, and all after eight that are missing, as text', () => {
    expect(countTextBytes('a'.repeat(1023), ['a'.repeat(1023)])).toBe(1023);
    expect(countTextBytes(picture, [...Array.from({ length: 8 }, () => other), picture])).toBe(4000);
  });
});
