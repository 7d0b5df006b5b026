import { z } from 'zod';

/**
 * Requests of OpenAI's API, and nothing else.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (read 2026-11, as typed by the `openai` package
 * 7.55).
 */
const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({
    url: z.string().regex(/^(https?:|data:image\/)/),
    detail: z.enum(['auto', 'low', 'high']).optional(),
  }),
});
const audioPart = z.strictObject({
  type: z.literal('input_audio'),
  input_audio: z.strictObject({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
});
const filePart = z.strictObject({
  type: z.literal('file'),
  file: z.strictObject({
    filename: z.string().optional(),
    file_data: z.string().optional(),
    file_id: z.string().optional(),
  }),
});
const refusalPart = z.strictObject({ type: z.literal('refusal'), refusal: z.string() });

const toolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

const textContent = z.union([z.string(), z.array(textPart).min(1)]);
const name = z.string().optional();

/** Content of each role, for coats that have more kinds of parts or fields of a message. */
export const messageShapes = {
  system: { role: z.enum(['system', 'developer']), content: textContent, name },
  user: {
    role: z.literal('user'),
    content: z.union([
      z.string(),
      z.array(z.discriminatedUnion('type', [textPart, imagePart, audioPart, filePart])).min(1),
    ]),
    name,
  },
  assistant: {
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.union([textPart, refusalPart])).min(1), z.null()]).optional(),
    name,
    refusal: z.string().nullish(),
    tool_calls: z.array(toolCall).min(1).optional(),
    // Not in the reference of requests; taken, since answers hold them.
    annotations: z.array(z.unknown()).optional(),
    audio: z.strictObject({ id: z.string() }).nullish(),
  },
  tool: { role: z.literal('tool'), content: textContent, tool_call_id: z.string().min(1) },
};

const message = z.discriminatedUnion('role', [
  z.strictObject(messageShapes.system),
  z.strictObject(messageShapes.user),
  z.strictObject(messageShapes.assistant),
  z.strictObject(messageShapes.tool),
]);
export type FakeMessage = z.infer<typeof message>;

export const functionDefinition = z.strictObject({
  name: z.string().regex(/^[\w-]{1,64}$/),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  strict: z.boolean().nullish(),
});
export const jsonSchemaFormat = z.strictObject({
  name: z.string().regex(/^[\w-]{1,64}$/),
  description: z.string().optional(),
  schema: z.record(z.string(), z.unknown()).optional(),
  strict: z.boolean().nullish(),
});
const namedTool = z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: z.string() }) });
const penalty = z.number().min(-2).max(2).nullish();
const bound = z.number().int().min(1).nullish();

export const chatShape = {
  model: z.string().min(1),
  messages: z.array(message).min(1),
  frequency_penalty: penalty,
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  logprobs: z.boolean().nullish(),
  max_completion_tokens: bound,
  max_tokens: bound,
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  modalities: z.array(z.enum(['text', 'audio'])).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  parallel_tool_calls: z.boolean().optional(),
  prediction: z.strictObject({ type: z.literal('content'), content: textContent }).nullish(),
  presence_penalty: penalty,
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({ type: z.literal('json_object') }),
      z.strictObject({ type: z.literal('json_schema'), json_schema: jsonSchemaFormat }),
    ])
    .optional(),
  safety_identifier: z.string().max(64).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .strictObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), namedTool]).optional(),
  tools: z
    .array(z.strictObject({ type: z.literal('function'), function: functionDefinition }))
    .min(1)
    .max(128)
    .optional(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  user: z.string().optional(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
};

export const openAiChat = z.strictObject(chatShape);
/** A chat as the rest of the fake reads it; coats turn theirs into it. */
export type FakeChat = z.infer<typeof openAiChat>;

/** Source: https://platform.openai.com/docs/api-reference/embeddings/create (read 2026-11). */
const tokenIds = z.array(z.number().int().min(0)).min(1);
export const openAiEmbeddings = z.strictObject({
  model: z.string().min(1),
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1).max(2048),
    tokenIds,
    z.array(tokenIds).min(1).max(2048),
  ]),
  dimensions: z.number().int().min(1).optional(),
  encoding_format: z.enum(['float', 'base64']).optional(),
  user: z.string().optional(),
});
export type FakeEmbeddings = z.infer<typeof openAiEmbeddings>;

/** Source: https://platform.openai.com/docs/api-reference/images/create (read 2026-11): today's models alone. */
export const openAiImages = z.strictObject({
  model: z.string().min(1),
  prompt: z.string().min(1).max(32_000),
  background: z.enum(['transparent', 'opaque', 'auto']).optional(),
  moderation: z.enum(['low', 'auto']).optional(),
  n: z.number().int().min(1).max(10).optional(),
  output_compression: z.number().int().min(0).max(100).optional(),
  output_format: z.enum(['png', 'jpeg', 'webp']).optional(),
  quality: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  size: z.enum(['auto', '1024x1024', '1536x1024', '1024x1536']).optional(),
  user: z.string().optional(),
});
export type FakeImages = z.infer<typeof openAiImages>;
