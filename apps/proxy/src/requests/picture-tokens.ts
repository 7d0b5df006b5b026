import type { ImagesRequest } from '@aggregator/contracts';
import { toPictureTokens } from '@aggregator/providers';

const geminiTokens = 1290;
const geminiTokens4K = 2000;

/**
 * Returns the tokens that a picture probably has, for a charge by estimate.
 * Source: https://ai.google.dev/gemini-api/docs/pricing (read 2026-11).
 */
export function estimatePictureTokens({
  model,
  quality,
  size,
}: Pick<ImagesRequest, 'model' | 'quality' | 'size'>): number {
  const isLarge = /^(?:4096|3\d{3})x/.test(size ?? '');
  if (/gemini/.test(model)) return isLarge ? geminiTokens4K : geminiTokens;
  return toPictureTokens(quality, size);
}
