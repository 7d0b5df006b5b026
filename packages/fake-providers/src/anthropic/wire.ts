import { z } from 'zod';

/**
 * A request to `POST /v1/messages`, strictly: a field that the reference has not is refused, as the vendor does.
 * Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11).
 */
const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() }).nullish();
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const saidText = z.string().regex(/\S/, 'text content blocks must contain non-whitespace text');
const address = z.url({ protocol: /^https?$/ });
const toolUseId = z.string().regex(/^[a-zA-Z0-9_-]+$/);
const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/);

const textBlock = z.strictObject({
  type: z.literal('text'),
  text: saidText,
  cache_control: cacheControl,
  citations: z.array(z.looseObject({ type: z.string() })).nullish(),
});
const imageBlock = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('base64'),
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: base64,
    }),
    z.strictObject({ type: z.literal('url'), url: address }),
    z.strictObject({ type: z.literal('file'), file_id: z.string() }),
  ]),
  cache_control: cacheControl,
});
const documentBlock = z.strictObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: base64 }),
    z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
    z.strictObject({ type: z.literal('url'), url: address }),
    z.strictObject({ type: z.literal('file'), file_id: z.string() }),
  ]),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.strictObject({ enabled: z.boolean() }).nullish(),
  cache_control: cacheControl,
});
const toolUseBlock = z.strictObject({
  type: z.literal('tool_use'),
  id: toolUseId,
  name: toolName,
  input: z.record(z.string(), z.unknown()),
  caller: z.strictObject({ type: z.literal('direct') }).optional(),
  cache_control: cacheControl,
});
const toolResultBlock = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: toolUseId,
  content: z
    .union([z.string(), z.array(z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock]))])
    .optional(),
  is_error: z.boolean().optional(),
  cache_control: cacheControl,
});
const serverToolUseBlock = z.strictObject({
  type: z.literal('server_tool_use'),
  id: z.string().regex(/^srvtoolu_[a-zA-Z0-9_]+$/),
  name: z.literal('bash_code_execution'),
  input: z.record(z.string(), z.unknown()),
  caller: z.strictObject({ type: z.literal('direct') }).optional(),
  cache_control: cacheControl,
});
const codeResultBlock = z.strictObject({
  type: z.literal('bash_code_execution_tool_result'),
  tool_use_id: z.string().regex(/^srvtoolu_[a-zA-Z0-9_]+$/),
  content: z.strictObject({
    ...{ type: z.literal('bash_code_execution_result'), stdout: z.string(), stderr: z.string() },
    ...{ return_code: z.number().int(), content: z.array(z.looseObject({ file_id: z.string() })) },
  }),
  cache_control: cacheControl,
});
const thinkingBlock = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });
const redactedBlock = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() });

const userBlock = z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock, toolResultBlock]);
const assistantBlock = z.discriminatedUnion('type', [
  textBlock,
  toolUseBlock,
  thinkingBlock,
  redactedBlock,
  serverToolUseBlock,
  codeResultBlock,
]);
export type FakeBlock = z.infer<typeof userBlock> | z.infer<typeof assistantBlock>;

const content = <Block extends z.ZodType>(block: Block) => z.union([saidText, z.array(block).min(1)]);

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), content: content(userBlock) }),
  z.strictObject({ role: z.literal('assistant'), content: content(assistantBlock) }),
  z.strictObject({ role: z.literal('system'), content: content(textBlock) }),
]);
export type FakeMessage = z.infer<typeof message>;

const clientTool = z.strictObject({
  type: z.literal('custom').nullish(),
  name: toolName,
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  strict: z.boolean().optional(),
  cache_control: cacheControl,
  allowed_callers: z.array(z.string()).optional(),
  defer_loading: z.boolean().optional(),
  eager_input_streaming: z.boolean().nullish(),
  input_examples: z.array(z.record(z.string(), z.unknown())).optional(),
});
/** Runs in a container of the vendor. */
const codeTool = z.strictObject({
  type: z.literal('code_execution_20250825'),
  name: z.literal('code_execution'),
  cache_control: cacheControl,
});
const tool = z.discriminatedUnion('type', [clientTool, codeTool]);
const serial = { disable_parallel_tool_use: z.boolean().optional() };
const display = { display: z.enum(['summarized', 'omitted']).nullish() };

const prompt = {
  model: z.string(),
  messages: z.array(message).min(1, 'at least one message is required').max(100_000),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  tools: z.array(tool).optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('auto'), ...serial }),
      z.strictObject({ type: z.literal('any'), ...serial }),
      z.strictObject({ type: z.literal('tool'), name: toolName, ...serial }),
      z.strictObject({ type: z.literal('none') }),
    ])
    .optional(),
  thinking: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('enabled'), budget_tokens: z.number().int().min(1024), ...display }),
      z.strictObject({ type: z.literal('adaptive'), ...display }),
      z.strictObject({ type: z.literal('between_tools') }),
      z.strictObject({ type: z.literal('disabled') }),
    ])
    .optional(),
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }).nullish(),
    })
    .optional(),
  cache_control: cacheControl,
};

export const tokenCountRequest = z.strictObject(prompt);

/** Source: https://platform.claude.com/docs/en/build-with-claude/context-editing (read 2026-11). */
const amount = (type: string) => z.strictObject({ type: z.literal(type), value: z.number().int().min(0) });
const contextManagement = z.strictObject({
  edits: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('clear_tool_uses_20250919'),
        trigger: z.union([amount('input_tokens'), amount('tool_uses')]).optional(),
        keep: amount('tool_uses').optional(),
        clear_at_least: amount('input_tokens').nullish(),
        exclude_tools: z.array(z.string()).nullish(),
        clear_tool_inputs: z.union([z.boolean(), z.array(z.string())]).nullish(),
      }),
      z.strictObject({
        type: z.literal('clear_thinking_20251015'),
        keep: z.union([z.literal('all'), amount('thinking_turns')]).optional(),
      }),
    ]),
  ),
});

const messagesRequest = z.strictObject({
  ...prompt,
  max_tokens: z.number().int().min(1),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  stop_sequences: z.array(z.string().regex(/\S/, 'each stop sequence must contain non-whitespace')).optional(),
  stream: z.boolean().optional(),
  /** Only with its beta header. */
  context_management: contextManagement.nullish(),
});

/** By the version that the request names. */
export const messagesRequests = {
  '2023-06-01': messagesRequest.extend({
    temperature: z.number().min(0).max(1).optional(),
    top_p: z.number().min(0).max(1).optional(),
    top_k: z.number().int().min(0).optional(),
  }),
  '2026-10-21': messagesRequest,
};
export type FakeRequest = z.infer<(typeof messagesRequests)['2023-06-01']>;
export type FakePrompt = z.infer<typeof tokenCountRequest>;
