import { describe, expect, it } from '@jest/globals';
import { countPicture } from './count-picture.ts';
import { readPictureSize } from './picture-size.ts';

const toUrl = (type: string, bytes: readonly number[]) =>
  `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;
const png = (width: number, height: number) => {
  const head = Buffer.alloc(24);
  head.writeUInt32BE(0x89504e47, 0);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return toUrl('png', [...head]);
};

describe('the size of a picture', () => {
  it.each([
    ['png', png(640, 480)],
    ['gif', toUrl('gif', [...Buffer.from('GIF89a'), 0x80, 0x02, 0xe0, 0x01])],
    ['webp', toUrl('webp', [...Buffer.from('RIFF0000WEBPVP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0])],
    ['jpeg', toUrl('jpeg', [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0x01, 0xe0, 0x02, 0x80, 3])],
  ])('is in the first bytes of a %s', (_type, url) => {
    expect(readPictureSize(url)).toEqual({ width: 640, height: 480 });
  });

  it.each(['https://example.com/a.png', 'data:image/png;base64,', 'data:image/png,abc', 'data:image/jpeg;base64,/9j/'])(
    'is not known of %s',
    (url) => expect(readPictureSize(url)).toBeNull(),
  );

  it.each([
    // As the vendors' pages have it: 765 for a square of 1024, 1105 for 2048 × 4096.
    ['gpt-4o', 1024, 1024, 765],
    ['gpt-4o', 2048, 4096, 1105],
    ['claude-sonnet-4-5', 1000, 1000, 1334],
    ['gemini-2.5-flash', 384, 384, 258],
    ['gemini-2.5-flash', 960, 540, 516],
  ])('gives %s the tokens that its vendor names for %d by %d', (model, width, height, tokens) => {
    expect(countPicture(png(width, height), 'high', model)).toBe(tokens);
  });
});
