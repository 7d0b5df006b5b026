import type { z } from 'zod';
import { effortAt, type FakeModel } from './models.ts';
import { invalid, Refusal } from './refusal.ts';
import { countPromptTokens } from './tokens.ts';
import type { FakeChat, FakeMessage } from './wire.ts';

/** @throws {Refusal} 400 with the path of what is wrong, in the vendor's words. */
export function parseStrictly<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const param = [path, issue.keys[0]].filter(Boolean).join('.');
    throw invalid(param, `Unknown parameter: '${param}'.`, 'unknown_parameter');
  }
  throw invalid(path, `Invalid value for '${path}': ${issue?.message ?? 'not valid'}.`);
}

/**
 * Rules that no schema has: models that reason, calls and their results, strict schemas, limits.
 * Sources: https://platform.openai.com/docs/guides/reasoning, …/guides/function-calling, …/guides/structured-outputs
 * (read 2026-11).
 * @throws {Refusal}
 */
export function checkChat(chat: FakeChat, model: FakeModel): void {
  checkTools(chat, model);
  checkReasoning(chat, model);
  if (chat.max_tokens && chat.max_completion_tokens) {
    throw invalid('max_tokens', "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.");
  }
  if (chat.stream !== true && chat.stream_options) {
    throw invalid('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  }
  if (!chat.tools && chat.tool_choice !== undefined && chat.tool_choice !== 'none') {
    throw invalid('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  if (!chat.tools && chat.parallel_tool_calls !== undefined) {
    throw invalid('parallel_tool_calls', "'parallel_tool_calls' is only allowed when 'tools' are specified.");
  }
  if (chat.top_logprobs && !chat.logprobs) throw invalid('top_logprobs', "'logprobs' must be true.");
  if (chat.response_format?.type === 'json_object' && !/json/i.test(JSON.stringify(chat.messages))) {
    throw invalid('messages', "'messages' must contain the word 'json' in some form.");
  }
  const format = chat.response_format?.type === 'json_schema' ? chat.response_format.json_schema : undefined;
  if (format?.strict) checkStrictSchema(format.schema, 'response_format');
  for (const tool of chat.tools ?? []) {
    if (tool.function.strict) checkStrictSchema(tool.function.parameters, 'tools');
  }
  checkCalls(chat.messages);
  checkLimits(chat, model);
}

/** Sources: pipecat-ai/pipecat#4043, BerriAI/litellm#34569, openai/openai-openapi#541 (2026). */
function checkTools({ tools, reasoning_effort: effort }: FakeChat, { id, chatCompletions }: FakeModel): void {
  if (chatCompletions === 'none') {
    const message = 'This model is only supported in v1/responses and not in v1/chat/completions.';
    throw new Refusal(404, { message, param: 'model' });
  }
  const isRefused =
    chatCompletions === 'no-tools-unless-none'
      ? effort !== 'none'
      : chatCompletions === 'no-tools-with-effort' && (effort ?? 'none') !== 'none';
  if (!isRefused || tools === undefined) return;
  const reason = `Function tools with reasoning_effort are not supported for ${id} in /v1/chat/completions.`;
  throw new Refusal(400, { message: `${reason} Please use /v1/responses instead.`, param: 'reasoning_effort' });
}

function checkReasoning(chat: FakeChat, model: FakeModel): void {
  const effort = chat.reasoning_effort ?? null;
  if (model.efforts.length === 0) {
    if (effort === null) return;
    throw new Refusal(400, { message: 'Unrecognized request argument supplied: reasoning_effort' });
  }
  if (effort !== null && !model.efforts.includes(effort)) {
    const reason = `'${effort}' is not supported with the '${model.id}' model. Supported values are: ${model.efforts.join(', ')}.`;
    throw invalid('reasoning_effort', `Unsupported value: ${reason}`, 'unsupported_value');
  }
  if (chat.max_tokens) {
    const message = `Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.`;
    throw invalid('max_tokens', message, 'unsupported_parameter');
  }
  if (effortAt(model, effort) === 'none') return;
  for (const name of ['temperature', 'top_p'] as const) {
    if ((chat[name] ?? 1) !== 1) {
      throw invalid(
        name,
        `Unsupported value: '${name}' does not support ${chat[name]} with this model.`,
        'unsupported_value',
      );
    }
  }
  for (const name of ['logprobs', 'presence_penalty', 'frequency_penalty', 'logit_bias'] as const) {
    if (chat[name])
      throw invalid(
        name,
        `Unsupported parameter: '${name}' is not supported with this model.`,
        'unsupported_parameter',
      );
  }
}

/** Every call is answered before anything else is said, and no result is without its call. */
function checkCalls(messages: readonly FakeMessage[]): void {
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id)) {
        const reason = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
        throw invalid(`messages.[${index}].role`, `Invalid parameter: ${reason}`);
      }
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    requireAnswered(open);
    open = message.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : [];
    if (message.role === 'assistant' && !message.content && !message.refusal && open.length === 0) {
      throw invalid(`messages.[${index}].content`, 'Invalid value: expected a string, got null.');
    }
  }
  requireAnswered(open);
}

function requireAnswered(open: readonly string[]): void {
  if (open.length === 0) return;
  const ids = open.join(', ');
  const reason = `The following tool_call_ids did not have response messages: ${ids}`;
  throw invalid('messages', `An assistant message with 'tool_calls' must be followed by tool messages. ${reason}`);
}

export function checkStrictSchema(schema: unknown, param: string): void {
  if (!isObject(schema)) return;
  const { type, properties, required, additionalProperties, items } = schema;
  const inner = isObject(properties) ? properties : {};
  const names = Object.keys(inner);
  const isWhole = names.every((name) => Array.isArray(required) && required.includes(name));
  if (type === 'object' && (additionalProperties !== false || !isWhole)) {
    const reason =
      "'additionalProperties' is required to be supplied and to be false, and all properties to be required.";
    throw invalid(param, `Invalid schema: ${reason}`, 'invalid_json_schema');
  }
  for (const one of Object.values(inner)) checkStrictSchema(one, param);
  checkStrictSchema(items, param);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkLimits(chat: FakeChat, model: FakeModel): void {
  const asked = chat.max_completion_tokens ?? chat.max_tokens ?? 0;
  if (asked > model.outputMax) {
    throw invalid('max_tokens', `max_tokens is too large: ${asked}. This model supports at most ${model.outputMax}.`);
  }
  const tokens = countPromptTokens(chat);
  if (tokens > model.contextTokens) {
    const reason = `This model's maximum context length is ${model.contextTokens} tokens, but you sent ${tokens}.`;
    throw invalid('messages', reason, 'context_length_exceeded');
  }
}
