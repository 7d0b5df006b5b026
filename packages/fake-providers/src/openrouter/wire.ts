import { z } from 'zod';
import { chatShape, type FakeMessage, functionDefinition, messageShapes } from '../openai/wire.ts';

/**
 * Fields of OpenRouter's reference beside or instead of OpenAI's fields.
 * Source: https://openrouter.ai/docs/api/reference/parameters (read 2026-11, and `@openrouter/sdk` 1.3, `ChatRequest`).
 */
const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() }).optional();
const textPart = z.strictObject({ type: z.literal('text'), text: z.string(), cache_control: cacheControl });
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).optional() }),
  cache_control: cacheControl,
});
const filePart = z.strictObject({
  type: z.literal('file'),
  file: z.strictObject({ filename: z.string().optional(), file_data: z.string().optional() }),
});
const audioPart = z.strictObject({
  type: z.literal('input_audio'),
  input_audio: z.strictObject({ data: z.string(), format: z.string() }),
});
const textContent = z.union([z.string(), z.array(textPart).min(1)]);
const parts = z.array(z.discriminatedUnion('type', [textPart, imagePart, filePart, audioPart])).min(1);

const reasoningDetail = z.strictObject({
  type: z.enum(['reasoning.text', 'reasoning.encrypted', 'reasoning.summary']),
  id: z.string().nullish(),
  format: z.string().nullish(),
  index: z.number().int().optional(),
  text: z.string().nullish(),
  signature: z.string().nullish(),
  data: z.string().nullish(),
  summary: z.string().nullish(),
});

const message = z.discriminatedUnion('role', [
  z.strictObject({ ...messageShapes.system, content: textContent }),
  z.strictObject({ ...messageShapes.user, content: z.union([z.string(), parts]) }),
  z.strictObject({
    ...messageShapes.assistant,
    content: z.union([textContent, z.null()]).optional(),
    reasoning: z.string().nullish(),
    reasoning_details: z.array(reasoningDetail).optional(),
    images: z.array(z.unknown()).optional(),
  }),
  z.strictObject({ ...messageShapes.tool, content: textContent }),
]);
type OpenRouterMessage = z.infer<typeof message>;

const {
  n: _n,
  safety_identifier: _safety,
  store: _store,
  prompt_cache_retention: _retention,
  modalities: _modalities,
  ...sameShape
} = chatShape;

export const openRouterChat = z.strictObject({
  ...sameShape,
  messages: z.array(message).min(1),
  modalities: z.array(z.enum(['text', 'image', 'audio'])).optional(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
  reasoning: z
    .strictObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      max_tokens: z.number().int().min(1).nullish(),
      enabled: z.boolean().nullish(),
      exclude: z.boolean().nullish(),
      summary: z.string().nullish(),
    })
    .optional(),
  tools: z
    .array(z.strictObject({ type: z.literal('function'), function: functionDefinition, cache_control: cacheControl }))
    .min(1)
    .optional(),
  top_k: z.number().int().min(0).optional(),
});

/** The same messages in OpenAI's words. */
export function toPlainMessages(messages: readonly OpenRouterMessage[]): FakeMessage[] {
  return messages.map((one) => {
    switch (one.role) {
      case 'user':
        return { ...one, content: typeof one.content === 'string' ? one.content : one.content.map(toPlainPart) };
      case 'assistant': {
        const { reasoning: _reasoning, reasoning_details: _details, images: _images, content, ...rest } = one;
        return { ...rest, ...(content !== undefined && { content: toPlainText(content) }) };
      }
      default:
        return { ...one, content: toPlainText(one.content) };
    }
  });
}

function toPlainText<T extends string | null>(content: T | z.infer<typeof textPart>[]) {
  return Array.isArray(content) ? content.map(({ type, text }) => ({ type, text })) : content;
}

function toPlainPart(part: z.infer<typeof parts>[number]) {
  if (part.type === 'input_audio') return { type: 'text' as const, text: '' };
  if (part.type === 'file') return part;
  const { cache_control: _mark, ...plain } = part;
  return plain;
}
