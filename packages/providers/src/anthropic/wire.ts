import { z } from 'zod';

/**
 * What we read of Anthropic's answers, and no more. Events of a stream are checked by hand in `stream.ts`, since a schema
 * for each would cost more than the rest of the relay.
 * Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11).
 */
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish();
/** A detail of another form counts as absent, so that it does not cost the totals beside it. */
const detail = count.catch(null);

export const anthropicUsageWire = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: detail,
  cache_creation_input_tokens: detail,
  cache_creation: z
    .object({ ephemeral_5m_input_tokens: detail, ephemeral_1h_input_tokens: detail })
    .nullish()
    .catch(null),
  output_tokens_details: z.object({ thinking_tokens: detail }).nullish().catch(null),
  server_tool_use: z.object({ web_search_requests: detail }).nullish().catch(null),
});

const text = z.string().nullish().catch(null);

/** `explanation` comes with some refusals. */
export const stopDetailsWire = z.object({ explanation: text }).nullish().catch(null);

export const anthropicMessageWire = z.object({
  id: z.string(),
  model: z.string(),
  content: z.array(z.record(z.string(), z.unknown())),
  stop_reason: z.string(),
  stop_sequence: text,
  stop_details: stopDetailsWire,
  usage: z.unknown(),
  container: z.unknown().optional(),
});

export const tokenCountWire = z.object({ input_tokens: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) });

/** A field of another type counts as absent. */
export const anthropicErrorWire = z.object({
  type: text,
  message: text,
  details: z.object({ error_code: text }).nullish().catch(null),
});
export type AnthropicErrorWire = z.infer<typeof anthropicErrorWire>;
