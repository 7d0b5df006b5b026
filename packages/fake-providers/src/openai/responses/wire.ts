import { z } from 'zod';
import { functionDefinition, jsonSchemaFormat } from '../wire.ts';

/**
 * Requests of OpenAI's Responses API, and nothing else, as far as the fake serves it.
 * Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11, as typed by the `openai`
 * package 7.55).
 */
const inputText = z.strictObject({ type: z.literal('input_text'), text: z.string() });
const inputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: z.string().regex(/^(https?:|data:image\/)/),
  detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
});
const inputFile = z.strictObject({
  type: z.literal('input_file'),
  filename: z.string().optional(),
  file_data: z.string().optional(),
  file_id: z.string().optional(),
  file_url: z.string().optional(),
});
const inputPart = z.discriminatedUnion('type', [inputText, inputImage, inputFile]);
const outputPart = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('output_text'),
    text: z.string(),
    annotations: z.array(z.unknown()).optional(),
    logprobs: z.array(z.unknown()).optional(),
  }),
  z.strictObject({ type: z.literal('refusal'), refusal: z.string() }),
]);
const output = z.union([z.string(), z.array(inputPart)]);
const status = z.enum(['in_progress', 'completed', 'incomplete']).optional();
const callId = z.string().min(1).max(64);

const clientTool = z.discriminatedUnion('type', [
  functionDefinition.extend({ type: z.literal('function'), strict: z.boolean().nullish() }),
  z.strictObject({
    type: z.literal('custom'),
    name: z.string(),
    description: z.string().optional(),
    format: z
      .discriminatedUnion('type', [
        z.strictObject({ type: z.literal('text') }),
        z.strictObject({ type: z.literal('grammar'), syntax: z.enum(['lark', 'regex']), definition: z.string() }),
      ])
      .optional(),
  }),
]);
/** A group of the client's tools, and a tool of the vendor's own servers. */
const tool = z.discriminatedUnion('type', [
  ...clientTool.options,
  z.strictObject({
    ...{ type: z.literal('namespace'), name: z.string(), description: z.string().optional() },
    tools: z.array(clientTool).min(1),
  }),
  z.strictObject({
    ...{ type: z.literal('web_search'), external_web_access: z.boolean().optional() },
    ...{
      filters: z.unknown().optional(),
      user_location: z.unknown().optional(),
      search_context_size: z.string().optional(),
    },
  }),
  z.strictObject({
    ...{ type: z.literal('file_search'), vector_store_ids: z.array(z.string()).min(1) },
    ...{ max_num_results: z.number().int().optional(), filters: z.unknown().optional() },
  }),
  z.strictObject({
    type: z.literal('code_interpreter'),
    container: z.union([z.string(), z.strictObject({ type: z.literal('auto'), memory_limit: z.string().optional() })]),
  }),
  z.strictObject({ type: z.literal('shell'), environment: z.strictObject({ type: z.literal('container_auto') }) }),
  z.strictObject({
    ...{ type: z.literal('image_generation'), size: z.string().optional(), quality: z.string().optional() },
    model: z.string().optional(),
  }),
]);

const item = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message'),
    role: z.enum(['user', 'system', 'developer', 'assistant']),
    content: z.union([z.string(), z.array(inputPart).min(1), z.array(outputPart).min(1)]),
    id: z.string().optional(),
    status,
    phase: z.enum(['commentary', 'final_answer']).nullish(),
  }),
  z.strictObject({
    type: z.literal('reasoning'),
    summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
    id: z.string().optional(),
    content: z.array(z.unknown()).nullish(),
    encrypted_content: z.string().nullish(),
    status,
  }),
  z.strictObject({
    ...{ type: z.literal('function_call'), call_id: callId, name: z.string().regex(/^[\w-]{1,64}$/) },
    ...{ arguments: z.string(), id: z.string().optional(), namespace: z.string().optional(), status },
  }),
  z.strictObject({
    ...{ type: z.literal('function_call_output'), call_id: callId, output },
    ...{ id: z.string().nullish(), status },
  }),
  z.strictObject({
    ...{ type: z.literal('custom_tool_call'), call_id: callId, name: z.string(), namespace: z.string().optional() },
    ...{ input: z.string(), id: z.string().optional(), status },
  }),
  z.strictObject({ type: z.literal('custom_tool_call_output'), call_id: callId, output, id: z.string().nullish() }),
  z.strictObject({
    ...{ type: z.literal('additional_tools'), role: z.literal('developer'), id: z.string().optional() },
    tools: z.array(tool).min(1),
  }),
]);
export type FakeItem = z.infer<typeof item>;

export type FakeTool = z.infer<typeof tool>;

const namedTool = z.strictObject({ type: z.enum(['function', 'custom']), name: z.string() });

export const openAiResponses = z.strictObject({
  model: z.string().min(1),
  input: z.union([
    z.string(),
    z.array(z.preprocess((one) => (isTypeless(one) ? { type: 'message', ...one } : one), item)).min(1),
  ]),
  client_metadata: z.record(z.string(), z.string()).optional(),
  include: z
    .array(z.enum(['reasoning.encrypted_content', 'message.output_text.logprobs', 'web_search_call.action.sources']))
    .nullish(),
  instructions: z.string().nullish(),
  max_output_tokens: z.number().int().min(16).nullish(),
  max_tool_calls: z.number().int().min(1).nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
  reasoning: z
    .strictObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
      context: z.enum(['auto', 'current_turn', 'all_turns']).nullish(),
    })
    .nullish(),
  safety_identifier: z.string().max(64).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  text: z
    .strictObject({
      format: z
        .discriminatedUnion('type', [
          z.strictObject({ type: z.literal('text') }),
          z.strictObject({ type: z.literal('json_object') }),
          jsonSchemaFormat.extend({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }),
        ])
        .optional(),
      verbosity: z.enum(['low', 'medium', 'high']).nullish(),
    })
    .optional(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      namedTool,
      z.strictObject({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(namedTool),
      }),
    ])
    .optional(),
  tools: z.array(tool).max(128).optional(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  user: z.string().optional(),
});
export type FakeResponses = z.infer<typeof openAiResponses>;

/** A message may leave out its type. */
function isTypeless(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('type' in value);
}
