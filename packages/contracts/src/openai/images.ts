import { z } from 'zod';

/** Source: https://platform.openai.com/docs/api-reference/images/create (read 2026-11). */
export const imagesRequest = z.looseObject({
  model: z.string().min(1).max(256),
  prompt: z.string().min(1).max(32_000),
  n: z.number().int().min(1).max(10).nullish(),
  size: z.string().max(32).nullish(),
  quality: z.string().max(32).nullish(),
  response_format: z.enum(['url', 'b64_json']).nullish(),
  user: z.string().max(1024).nullish(),
  strict: z.boolean().nullish(),
});
export type ImagesRequest = z.infer<typeof imagesRequest>;

export const imagesFields = [
  'background',
  'model',
  'moderation',
  'n',
  'output_compression',
  'output_format',
  'partial_images',
  'prompt',
  'quality',
  'response_format',
  'size',
  'stream',
  'style',
  'user',
] as const;
export type ImagesField = (typeof imagesFields)[number];
