/** Tokens of a picture of GPT Image by quality: a square, and a rectangle. */
const tokensByQuality = { low: [272, 408], medium: [1056, 1584], high: [4160, 6240] } as const;

/** The dearest picture with its drafts, rounded up. */
export const dearestPictureTokens = 8192;

/**
 * Returns the tokens that a picture of GPT Image has as published. A quality that is the model's choice counts as medium.
 * Source: https://platform.openai.com/docs/guides/image-generation#cost-and-latency (read 2026-11).
 */
export function toPictureTokens(quality: unknown, size: unknown): number {
  const [square, rectangle] = tokensByQuality[quality === 'low' || quality === 'high' ? quality : 'medium'];
  return size === '1536x1024' || size === '1024x1536' ? rectangle : square;
}
