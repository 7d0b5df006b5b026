import { z } from 'zod';
import { chatCompletionRequest, ownRequestFields } from './chat.ts';

/**
 * OpenAI's Responses API, as far as we touch it: the frame here, items and parts by the schemas of their kinds below.
 * Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11, as typed by the `openai`
 * package 7.55).
 */
const text = z.string().max(20_000_000);
const name = z.string().min(1).max(256);
const callId = z.string().min(1).max(256);
const chat = chatCompletionRequest.shape;
const kind = z.looseObject({ type: z.string().max(64) });

export const responsesRequest = z.looseObject({
  model: chat.model,
  input: z.union([text, z.array(z.looseObject({ type: z.string().max(64).nullish() })).max(20_000)]),
  background: z.boolean().nullish(),
  conversation: z.union([z.string().max(256), z.looseObject({ id: z.string().max(256) })]).nullish(),
  instructions: text.nullish(),
  include: z.array(z.string().max(128)).max(64).nullish(),
  max_output_tokens: chat.max_tokens,
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  previous_response_id: z.string().max(256).nullish(),
  reasoning: z.looseObject({ effort: z.string().max(32).nullish(), summary: z.string().max(32).nullish() }).nullish(),
  store: z.boolean().nullish(),
  stream: chat.stream,
  stream_options: z.looseObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
  temperature: chat.temperature,
  text: z.looseObject({ format: kind.nullish(), verbosity: z.string().max(32).nullish() }).nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), kind]).nullish(),
  tools: z.array(kind).max(1024).nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  top_p: chat.top_p,
  user: chat.user,
  ...ownRequestFields,
});
export type ResponsesRequest = z.infer<typeof responsesRequest>;

const parts = z.union([text, z.array(kind).max(10_000)]);

/** Items of the input by their `type`; what has none is a message. */
export const responsesItem = {
  message: z.looseObject({ role: z.enum(['user', 'assistant', 'system', 'developer']), content: parts }),
  function_call: z.looseObject({ call_id: callId, name, namespace: name.nullish(), arguments: text }),
  function_call_output: z.looseObject({ call_id: callId, output: parts }),
  custom_tool_call: z.looseObject({ call_id: callId, name, namespace: name.nullish(), input: text }),
  custom_tool_call_output: z.looseObject({ call_id: callId, output: parts }),
  /** Of a search that the client makes. */
  tool_search_call: z.looseObject({ call_id: callId, arguments: z.unknown() }),
  tool_search_output: z.looseObject({ call_id: callId, tools: z.array(kind).max(1024) }),
  apply_patch_call: z.looseObject({
    call_id: callId,
    operation: z.looseObject({ type: z.string().max(64), path: text, diff: text.nullish() }),
  }),
  apply_patch_call_output: z.looseObject({ call_id: callId, status: z.string().max(64), output: text.nullish() }),
  local_shell_call: z.looseObject({ call_id: callId, action: z.looseObject({ command: z.array(text).max(1024) }) }),
  /** Newer clients send `call_id`, and in `id` the id of the call all the same. */
  local_shell_call_output: z.looseObject({ call_id: callId.nullish(), id: callId.nullish(), output: text }),
  shell_call: z.looseObject({ call_id: callId, action: z.looseObject({ commands: z.array(text).max(1024) }) }),
  shell_call_output: z.looseObject({ call_id: callId, output: z.array(z.looseObject({})).max(1024) }),
  reasoning: z.looseObject({
    summary: z.array(z.looseObject({ text })).max(1024).nullish(),
    encrypted_content: text.nullish(),
  }),
} as const;

/** Parts of a message's content, or of what a tool has answered, by their `type`. */
export const responsesPart = {
  input_text: z.looseObject({ text }),
  output_text: z.looseObject({ text }),
  refusal: z.looseObject({ refusal: text }),
  input_image: z.looseObject({ image_url: text.nullish(), detail: z.string().max(32).nullish() }),
  input_file: z.looseObject({ file_data: text.nullish(), filename: z.string().max(1024).nullish() }),
} as const;

/** Tools by their `type`. */
export const responsesTool = {
  function: z.looseObject({
    name,
    description: text.nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
  custom: z.looseObject({
    name,
    description: text.nullish(),
    format: z.looseObject({ type: z.string().max(64) }).nullish(),
  }),
  namespace: z.looseObject({ name, description: text.nullish(), tools: z.array(kind).max(1024) }),
  /** Tools that an item of the input adds. */
  several: z.array(kind).max(1024),
} as const;

export const responsesJsonSchema = z.looseObject({
  name,
  description: text.nullish(),
  schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
});

/** Every documented field of a request, and every kind of item, part, tool and format that it can hold. */
export const responsesFields = [
  'access_programs',
  'background',
  'content.input_file',
  'content.input_image',
  'content.input_text',
  'content.output_text',
  'content.prompt_cache_breakpoint',
  'content.refusal',
  'context_management',
  'conversation',
  'image',
  'include',
  'input',
  'input.additional_tools',
  'input.apply_patch_call',
  'input.apply_patch_call_output',
  'input.code_interpreter_call',
  'input.compaction',
  'input.compaction_trigger',
  'input.computer_call',
  'input.computer_call_output',
  'input.configuration_update',
  'input.custom_tool_call',
  'input.custom_tool_call_output',
  'input.file_search_call',
  'input.function_call',
  'input.function_call_output',
  'input.image_generation_call',
  'input.item_reference',
  'input.local_shell_call',
  'input.local_shell_call_output',
  'input.mcp_approval_request',
  'input.mcp_approval_response',
  'input.mcp_call',
  'input.mcp_list_tools',
  'input.message',
  'input.program',
  'input.program_output',
  'input.reasoning',
  'input.shell_call',
  'input.shell_call_output',
  'input.tool_search_call',
  'input.tool_search_output',
  'input.web_search_call',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'model',
  'moderation',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'reasoning.context',
  'reasoning.mode',
  'safety_identifier',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'text.format.json_object',
  'text.format.json_schema',
  'text.verbosity',
  'tool_choice',
  'tools',
  'tools.apply_patch',
  'tools.code_interpreter',
  'tools.computer',
  'tools.computer_use_preview',
  'tools.custom',
  'tools.file_search',
  'tools.function',
  'tools.image_generation',
  'tools.local_shell',
  'tools.mcp',
  'tools.namespace',
  'tools.programmatic_tool_calling',
  'tools.shell',
  'tools.tool_search',
  'tools.web_search',
  'tools.web_search_preview',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
] as const;
export type ResponsesField = (typeof responsesFields)[number];
