import { z } from 'zod';

/**
 * What we read of Cohere's answers, and no more. A field of another type counts as absent, so that a novelty in one place
 * does not cost the answer. Events of a stream are checked by hand in `stream.ts`.
 * Source: https://docs.cohere.com/reference/chat and …/embed (read 2026-11, as typed by `cohere-ai` 8.1).
 */
const text = z.string().nullish().catch(null);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish().catch(null);

const tokens = z.object({ input_tokens: count, output_tokens: count, image_tokens: count }).nullish().catch(null);

export const cohereUsageWire = z.object({ billed_units: tokens, tokens, cached_tokens: count });

const calledFunction = z.object({ name: text, arguments: text }).nullish().catch(null);
const toolCall = z.object({ id: text, function: calledFunction });

const contentBlock = z.object({ type: text, text, thinking: text });

const source = z.object({ document: z.object({ url: text, title: text }).nullish().catch(null) });
export const cohereCitationWire = z.object({
  start: count,
  end: count,
  type: text,
  sources: z.array(source).nullish(),
});

export const cohereAnswerWire = z.object({
  id: text,
  finish_reason: text,
  message: z.object({
    content: z.array(contentBlock).nullish(),
    tool_plan: text,
    tool_calls: z.array(toolCall).nullish(),
    citations: z.array(z.unknown()).nullish().catch(null),
  }),
  usage: z.unknown().optional(),
});

export const cohereEmbeddingsWire = z.object({
  id: text,
  embeddings: z.object({ float: z.array(z.unknown()).nullish(), base64: z.array(z.unknown()).nullish() }),
  meta: z.unknown().optional(),
});
