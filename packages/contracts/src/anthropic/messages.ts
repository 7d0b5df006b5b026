import { z } from 'zod';
import { cacheControl, chatCompletionRequest, ownRequestFields } from '../openai/chat.ts';

/**
 * Anthropic's Messages API, as far as we touch it: the frame here, blocks by the schemas of their kinds below. Kinds
 * and roles are open, because a provider of the same dialect may know more of them; the translation refuses what it
 * does not know. It holds for
 * `anthropic-version` 2023-06-01 and 2026-10-21 alike: the later one takes sampling parameters, documents said by the
 * assistant and citations said by the user away, so a request of the later version is valid in the earlier one.
 * Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11).
 */
const text = z.string().max(20_000_000);
const name = z.string().min(1).max(256);
const id = z.string().min(1).max(256);
const chat = chatCompletionRequest.shape;
const kind = z.looseObject({ type: z.string().max(64) });
const blocks = z.union([text, z.array(kind).max(10_000)]);
const mark = { cache_control: cacheControl.nullish() };

const conversation = {
  ...ownRequestFields,
  model: chat.model,
  messages: z
    .array(z.looseObject({ role: z.string().max(64), content: blocks }))
    .min(1)
    .max(20_000),
  cache_control: cacheControl.nullish(),
  output_config: z.looseObject({ effort: z.string().max(32).nullish(), format: kind.nullish() }).nullish(),
  output_format: kind.nullish(),
  system: blocks.nullish(),
  thinking: z
    .looseObject({
      type: z.string().max(64),
      budget_tokens: z.number().int().min(1).max(10_000_000).nullish(),
    })
    .nullish(),
  tool_choice: z
    .looseObject({
      type: z.string().max(64),
      name: name.nullish(),
      disable_parallel_tool_use: z.boolean().nullish(),
    })
    .nullish(),
  tools: z
    .array(z.looseObject({ type: z.string().max(64).nullish() }))
    .max(1024)
    .nullish(),
};

export const messagesRequest = z.looseObject({
  ...conversation,
  max_tokens: z.number().int().min(1).max(10_000_000),
  metadata: z.looseObject({ user_id: z.string().max(1024).nullish() }).nullish(),
  stop_sequences: z.array(z.string().max(10_000)).max(16).nullish(),
  stream: chat.stream,
  temperature: chat.temperature,
  top_k: z.number().int().min(0).max(1_000_000).nullish(),
  top_p: chat.top_p,
});
export type MessagesRequest = z.infer<typeof messagesRequest>;

/** `POST /v1/messages/count_tokens`: a conversation that is counted, not answered. */
export const countTokensRequest = z.looseObject(conversation);
export type CountTokensRequest = z.infer<typeof countTokensRequest>;

export const countTokensAnswer = z.object({ input_tokens: z.number().int().min(0) });

/** Blocks of a conversation by their `type`. */
export const messagesBlock = {
  text: z.looseObject({ text, ...mark }),
  image: z.looseObject({ source: kind, ...mark }),
  document: z.looseObject({ source: kind, title: z.string().max(1024).nullish(), context: text.nullish(), ...mark }),
  search_result: z.looseObject({
    source: text,
    title: text,
    content: z.array(z.looseObject({ text })).max(1024),
    ...mark,
  }),
  thinking: z.looseObject({ thinking: text, signature: text.nullish() }),
  redacted_thinking: z.looseObject({ data: text }),
  tool_use: z.looseObject({ id, name, input: z.unknown(), ...mark }),
  tool_result: z.looseObject({
    tool_use_id: id,
    content: blocks.nullish(),
    is_error: z.boolean().nullish(),
    ...mark,
  }),
} as const;

/** Where an image or a document comes from, by `type`. */
export const messagesSource = {
  base64: z.looseObject({ media_type: z.string().max(128), data: text }),
  url: z.looseObject({ url: text }),
  text: z.looseObject({ data: text }),
  content: z.looseObject({ content: blocks }),
} as const;

/** The one format of an answer that is translated. */
export const messagesFormat = z.looseObject({
  type: z.literal('json_schema'),
  schema: z.record(z.string(), z.unknown()),
});

/** The one kind of tool that the caller describes in full. */
export const messagesTool = z.looseObject({
  name,
  description: text.nullish(),
  input_schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
  ...mark,
});

/** Every documented field of a request, stable or beta, and every kind of block, source and tool that it can hold. */
export const messagesFields = [
  'billing_policy',
  'cache_control',
  'compaction',
  'container',
  'content.advisor_tool_result',
  'content.bash_code_execution_tool_result',
  'content.browser_state',
  'content.cache_control',
  'content.citations',
  'content.code_execution_tool_result',
  'content.compaction',
  'content.container_upload',
  'content.document',
  'content.fallback',
  'content.image',
  'content.mcp_tool_listing',
  'content.mcp_tool_result',
  'content.mcp_tool_use',
  'content.redacted_thinking',
  'content.search_result',
  'content.server_tool_use',
  'content.text',
  'content.text_editor_code_execution_tool_result',
  'content.thinking',
  'content.tool_addition',
  'content.tool_reference',
  'content.tool_removal',
  'content.tool_result',
  'content.tool_search_tool_result',
  'content.tool_use',
  'content.web_fetch_tool_result',
  'content.web_search_tool_result',
  'context_management',
  'diagnostics',
  'fallback_credit_token',
  'fallbacks',
  'inference_geo',
  'max_tokens',
  'mcp_servers',
  'messages',
  'metadata',
  'model',
  'output_config',
  'output_config.effort',
  'output_config.task_budget',
  'output_format',
  'service_tier',
  'source.base64',
  'source.content',
  'source.file',
  'source.text',
  'source.url',
  'speed',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'thinking.display',
  'thread',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
] as const;
export type MessagesField = (typeof messagesFields)[number];
