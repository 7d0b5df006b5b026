import { z } from 'zod';
import { describeTextInput } from './text-input.ts';

/** Source: https://platform.openai.com/docs/api-reference/embeddings (read 2026-11). */
const tokenIds = z.array(z.number().int().min(0)).min(1).max(1_000_000);

export const embeddingsRequest = z.looseObject({
  model: z.string().min(1).max(256),
  input: z.union(
    [
      z.string().min(1).max(20_000_000),
      z.array(z.string().min(1).max(20_000_000)).min(1).max(2048),
      tokenIds,
      z.array(tokenIds).min(1).max(2048),
    ],
    { error: ({ input }) => describeTextInput(input) },
  ),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().min(1).max(100_000).nullish(),
  user: z.string().max(1024).nullish(),
});
export type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;

export const embeddingsFields = [
  'dimensions',
  'encoding_format',
  'input.text',
  'input.tokens',
  'model',
  'user',
] as const;
export type EmbeddingsField = (typeof embeddingsFields)[number];
