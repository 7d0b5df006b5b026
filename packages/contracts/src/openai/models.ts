import { z } from 'zod';

/**
 * A row of `GET /v1/models`: OpenAI's fields, and ours as OpenRouter names them. Prices are decimal strings, USD per
 * unit.
 */
export const modelRow = z.object({
  id: z.string(),
  object: z.literal('model'),
  /** Unix seconds. */
  created: z.number().int(),
  owned_by: z.string(),
  provider: z.string(),
  context_length: z.number().int(),
  max_output_tokens: z.number().int().nullable(),
  capabilities: z.array(z.string()),
  pricing: z.record(z.string(), z.string()),
});
export type ModelRow = z.infer<typeof modelRow>;

export const modelList = z.object({ object: z.literal('list'), data: z.array(modelRow) });
export type ModelList = z.infer<typeof modelList>;
