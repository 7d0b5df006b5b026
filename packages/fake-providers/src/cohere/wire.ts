import { z } from 'zod';

/**
 * Requests of the second version of Cohere's chat, and nothing else.
 * Source: https://docs.cohere.com/reference/chat (read 2026-11, as typed by `cohere-ai` 8.1).
 */
const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({
    url: z.string().regex(/^(https?:|data:image\/)/),
    detail: z.enum(['auto', 'low', 'high']).optional(),
  }),
});
const thinkingPart = z.strictObject({ type: z.literal('thinking'), thinking: z.string() });
const text = z.union([z.string(), z.array(textPart).min(1)]);

const toolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: text }),
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart])).min(1)]),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, thinkingPart])).min(1)]).optional(),
    tool_plan: z.string().optional(),
    tool_calls: z.array(toolCall).min(1).optional(),
    citations: z.array(z.unknown()).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string().min(1), content: text }),
]);
export type CohereMessage = z.infer<typeof message>;

const penalty = z.number().min(0).max(1).optional();
const schema = z.record(z.string(), z.unknown());

export const cohereChat = z.strictObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({ name: z.string().min(1), description: z.string().optional(), parameters: schema }),
      }),
    )
    .min(1)
    .optional(),
  strict_tools: z.boolean().optional(),
  tool_choice: z.enum(['REQUIRED', 'NONE']).optional(),
  documents: z.array(z.union([z.string(), z.strictObject({ id: z.string().optional(), data: schema })])).optional(),
  citation_options: z
    .strictObject({ mode: z.enum(['ENABLED', 'DISABLED', 'FAST', 'ACCURATE', 'OFF']).optional() })
    .optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({ type: z.literal('json_object'), json_schema: schema.optional() }),
    ])
    .optional(),
  safety_mode: z.enum(['CONTEXTUAL', 'STRICT', 'OFF']).optional(),
  max_tokens: z.number().int().min(1).optional(),
  stop_sequences: z.array(z.string()).max(5).optional(),
  temperature: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  k: z.number().int().min(0).max(500).optional(),
  p: z.number().min(0.01).max(0.99).optional(),
  logprobs: z.boolean().optional(),
  thinking: z
    .strictObject({ type: z.enum(['enabled', 'disabled']), token_budget: z.number().int().min(1).optional() })
    .optional(),
  priority: z.number().int().optional(),
});
export type CohereChat = z.infer<typeof cohereChat>;

/** Source: https://docs.cohere.com/reference/embed (read 2026-11): texts alone. */
export const cohereEmbed = z.strictObject({
  model: z.string().min(1),
  texts: z.array(z.string().min(1)).min(1).max(96),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering']),
  embedding_types: z
    .array(z.enum(['float', 'base64', 'int8', 'uint8', 'binary', 'ubinary']))
    .min(1)
    .optional(),
  output_dimension: z.union([z.literal(256), z.literal(512), z.literal(1024), z.literal(1536)]).optional(),
  truncate: z.enum(['NONE', 'START', 'END']).optional(),
  max_tokens: z.number().int().min(1).optional(),
  priority: z.number().int().optional(),
});
