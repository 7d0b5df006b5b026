import type { ImagesRequest } from '@aggregator/contracts';

/** Tokens of a picture of GPT Image by quality: a square, and a rectangle. */
const gptImageTokens = { low: [272, 408], medium: [1056, 1584], high: [4160, 6240] } as const;
const geminiTokens = 1290;
const geminiTokens4K = 2000;

/**
 * Returns the tokens that a picture probably has, for a charge by estimate. If the quality is the model's choice, it is
 * taken for medium.
 * Sources: https://platform.openai.com/docs/guides/image-generation#cost-and-latency,
 * https://ai.google.dev/gemini-api/docs/pricing (read 2026-11).
 */
export function estimatePictureTokens({
  model,
  quality,
  size,
}: Pick<ImagesRequest, 'model' | 'quality' | 'size'>): number {
  const isLarge = /^(?:4096|3\d{3})x/.test(size ?? '');
  if (/gemini/.test(model)) return isLarge ? geminiTokens4K : geminiTokens;
  const [square, rectangle] = gptImageTokens[quality === 'low' || quality === 'high' ? quality : 'medium'];
  return size === '1536x1024' || size === '1024x1536' ? rectangle : square;
}
