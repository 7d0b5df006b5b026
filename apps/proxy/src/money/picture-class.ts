import type { ImagesRequest, PictureClass } from '@aggregator/contracts';

/** Pixels of the longer side. */
const smallMax = 256;
const mediumMax = 512;
const plainMax = 1024;

/**
 * Returns the class of the pictures that a request asks for, by the words of OpenAI's models: `hd` of DALL-E is the high quality
 * of GPT Image, `standard`, `medium` and `auto` are the plain one. Null for a plain picture, and if the model chooses its size.
 * Source: https://platform.openai.com/docs/api-reference/images/create (read 2026-11).
 */
export function classifyPicture({ quality, size }: Pick<ImagesRequest, 'quality' | 'size'>): PictureClass | null {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(size ?? '') ?? [];
  const side = width === undefined ? plainMax : Math.max(Number(width), Number(height));
  const isLarge = side > plainMax;
  if (quality === 'hd' || quality === 'high') return isLarge ? 'imagesHighLarge' : 'imagesHigh';
  if (quality === 'low') return isLarge ? 'imagesLowLarge' : 'imagesLow';
  if (isLarge) return 'imagesLarge';
  if (side <= smallMax) return 'imagesSmall';
  return side <= mediumMax ? 'imagesMedium' : null;
}

/** True if the model chooses the size or the quality of its pictures. */
export function isPictureOpen({ quality, size }: Pick<ImagesRequest, 'quality' | 'size'>): boolean {
  return [quality, size].some((value) => value == null || value === 'auto');
}

/** Returns the class that an answer says of its pictures, null for plain ones; undefined if it does not say their size and quality. */
export function classifyAnswer({ quality, size }: Readonly<Record<string, unknown>>): PictureClass | null | undefined {
  if (typeof quality !== 'string' || typeof size !== 'string' || isPictureOpen({ quality, size })) return undefined;
  return classifyPicture({ quality, size });
}
