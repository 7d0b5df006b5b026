import { hash } from 'node:crypto';
import {
  type ChatCompletionRequest,
  type CountTokensRequest,
  checkBody,
  checkBodySteps,
  countTokensRequest,
  type MessagesField,
  type MessagesRequest,
  messagesFormat,
  messagesRequest,
  type Steps,
} from '@aggregator/contracts';
import { hasSealedThoughts } from '../answer/sealed-details.ts';
import type { SurfaceRequest } from '../chat-surface.ts';
import { FieldJudge, notSupported } from '../fields/field-judge.ts';
import { toSurfaceRequest } from '../fields/surface-request.ts';
import { messagesFates, messagesReasons } from './fields.ts';
import { anthropicFormat, toChatMessages } from './messages.ts';
import { toChatTools, toToolChoice } from './tools.ts';

type Judge = FieldJudge<MessagesField>;

export function* toMessagesChat(body: unknown): Steps<SurfaceRequest> {
  const request = yield* checkBodySteps(messagesRequest, body, 'messages');
  const judge = judgeFields(request);
  const isStreamed = request.stream === true;
  const chat: ChatCompletionRequest = {
    ...(yield* toConversation(request, judge)),
    max_completion_tokens: request.max_tokens,
    stop: request.stop_sequences?.length === 0 ? null : request.stop_sequences,
    temperature: request.temperature,
    top_p: request.top_p,
    top_k: request.top_k,
    user: toUser(request),
    service_tier: request.service_tier === 'standard_only' ? 'default' : request.service_tier,
    stream: request.stream,
    ...(isStreamed && { stream_options: { include_usage: true } }),
  };
  const stopSequences: readonly string[] = request.stop_sequences ?? [];
  return {
    ...toSurfaceRequest(chat, judge, stopSequences),
    hasSealedThoughts: hasSealedThoughts(chat, anthropicFormat),
  };
}

/** `POST /v1/messages/count_tokens`: the conversation as a chat completion request that is counted and never sent. */
export function* toCountTokensChat(body: unknown): Steps<SurfaceRequest> {
  const request = yield* checkBodySteps(countTokensRequest, body, 'messages');
  const judge = judgeFields(request);
  const chat = yield* toConversation(request, judge);
  return toSurfaceRequest(chat, judge, []);
}

function judgeFields(request: CountTokensRequest): Judge {
  const judge = new FieldJudge(messagesFates, messagesReasons);
  judge.judgeBody(request, asksNothing);
  return judge;
}

function asksNothing(name: string, value: unknown): boolean {
  if (name === 'mcp_servers') return Array.isArray(value) && value.length === 0;
  return name === 'speed' && value === 'standard';
}

function* toConversation(request: CountTokensRequest, judge: Judge): Steps<ChatCompletionRequest> {
  const { model, models, provider, strict, tool_choice: choice } = request;
  const tools = toChatTools(request.tools ?? [], judge);
  const format = judge.attempt(() => toFormat(request));
  if (hasValue(request.output_config?.task_budget)) judge.takes('output_config.task_budget');
  return {
    model,
    models,
    provider,
    strict,
    messages: yield* toChatMessages(request, judge),
    ...(tools.length > 0 && {
      tools,
      ...(choice && { tool_choice: toToolChoice(choice, tools, judge) }),
      ...(choice?.disable_parallel_tool_use === true && { parallel_tool_calls: false }),
    }),
    ...(format !== null && { response_format: format }),
    ...judge.attempt(() => toReasoning(request, judge)),
  };
}

function toFormat({ output_config: config, output_format: earlier }: CountTokensRequest): unknown {
  const format = config?.format ?? earlier ?? null;
  if (format === null) return null;
  const { schema } = checkBody(messagesFormat, format, config?.format ? 'output_config.format' : 'output_format');
  return { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } };
}

/** A budget, or how hard to think, or not at all; `between_tools` is thinking, too. */
function toReasoning({ thinking, output_config }: CountTokensRequest, judge: Judge): Partial<ChatCompletionRequest> {
  const effort = output_config?.effort ?? null;
  if (!thinking) return effort === null ? {} : { reasoning_effort: effort };
  if (thinking.display === 'omitted') judge.takes('thinking.display');
  switch (thinking.type) {
    case 'enabled':
      return {
        reasoning: {
          ...(thinking.budget_tokens ? { max_tokens: thinking.budget_tokens } : { enabled: true }),
          ...(effort !== null && { effort }),
        },
      };
    case 'disabled':
      if (effort !== null) judge.dropped.note('output_config.effort');
      return { reasoning: { enabled: false } };
    case 'adaptive':
    case 'between_tools':
      return { reasoning: { enabled: true, ...(effort !== null && { effort }) } };
    default:
      throw notSupported('thinking.type', 'this kind of thinking is not known');
  }
}

/** OpenAI takes no longer one. */
const userLengthMax = 64;

/** A user's id that is too long for some providers is sent as its digest, which stays the same and reveals no more. */
function toUser({ metadata }: MessagesRequest): string | null | undefined {
  const user = metadata?.user_id;
  return user && user.length > userLengthMax ? hash('sha256', user, 'hex') : user;
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}
