import {
  type ChatCompletionRequest,
  checkBody,
  checkBodySteps,
  type ResponsesField,
  type ResponsesRequest,
  responsesJsonSchema,
  responsesRequest,
  type Steps,
} from '@aggregator/contracts';
import { hasSealedThoughts } from '../answer/sealed-details.ts';
import type { SurfaceRequest } from '../chat-surface.ts';
import { FieldJudge } from '../fields/field-judge.ts';
import { toSurfaceRequest } from '../fields/surface-request.ts';
import { responsesFates, responsesReasons } from './fields.ts';
import { toChatMessages } from './items.ts';
import { ResponsesOriginal } from './original.ts';
import { responsesReferences } from './references.ts';
import { ToolNames } from './tool-names.ts';
import { toChatTools, toToolChoice } from './tools.ts';

type Judge = FieldJudge<ResponsesField>;

export function* toResponsesChat(body: unknown): Steps<SurfaceRequest> {
  const request = yield* checkBodySteps(responsesRequest, body, 'input');
  const judge = new FieldJudge(responsesFates, responsesReasons);
  judge.judgeBody(request, asksNothing);
  const names = new ToolNames();
  const tools = toChatTools(request, names, judge);
  const wantsLogprobs = request.top_logprobs || request.include?.includes('message.output_text.logprobs') === true;
  noteOtherIncludes(request, judge);
  const chat: ChatCompletionRequest = {
    model: request.model,
    models: request.models,
    provider: request.provider,
    strict: request.strict,
    messages: yield* toChatMessages(request, names, judge),
    max_completion_tokens: request.max_output_tokens,
    temperature: request.temperature,
    top_p: request.top_p,
    user: request.user,
    safety_identifier: request.safety_identifier,
    service_tier: request.service_tier,
    moderation: request.moderation,
    prompt_cache_key: request.prompt_cache_key,
    prompt_cache_options: request.prompt_cache_options,
    prompt_cache_retention: request.prompt_cache_retention,
    stream: request.stream,
    ...(request.stream === true && { stream_options: { include_usage: true } }),
    ...(tools.length > 0 && {
      tools,
      tool_choice: toToolChoice(request.tool_choice, names, judge),
      parallel_tool_calls: request.parallel_tool_calls,
    }),
    ...(wantsLogprobs && { logprobs: true, top_logprobs: request.top_logprobs }),
    ...toReasoning(request, judge),
    ...toFormat(request, judge),
  };
  const original = new ResponsesOriginal(toEcho(request), names);
  return { ...toSurfaceRequest(chat, judge, original), hasSealedThoughts: hasSealedThoughts(chat, null) };
}

/** Fields of the request that the answer repeats, with the default values of those that the caller left out. */
function toEcho(request: ResponsesRequest): Record<string, unknown> {
  const conversation = responsesReferences.conversation(request);
  return {
    background: request.background === true,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    ...(conversation !== null && { conversation: { id: conversation } }),
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    safety_identifier: request.safety_identifier ?? null,
    store: request.store ?? true,
    temperature: request.temperature ?? null,
    text: { format: { type: 'text' }, ...request.text },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    user: request.user ?? null,
  };
}

const emptyByDefault: Readonly<Record<string, unknown>> = { truncation: 'disabled' };

function asksNothing(name: string, value: unknown): boolean {
  return Object.hasOwn(emptyByDefault, name) && emptyByDefault[name] === value;
}

/** Thoughts are always given with what their provider needs to read them again; the rest is of tools that are not here. */
const includesGiven: ReadonlySet<string> = new Set(['reasoning.encrypted_content', 'message.output_text.logprobs']);

function noteOtherIncludes({ include }: ResponsesRequest, judge: Judge): void {
  if (include?.some((name) => !includesGiven.has(name))) judge.dropped.note('include');
}

/** A summary is given where the provider shows its thoughts; OpenAI does if it is asked for one. */
function toReasoning({ reasoning }: ResponsesRequest, judge: Judge): Partial<ChatCompletionRequest> {
  if (!reasoning) return {};
  if (hasValue(reasoning.context) && reasoning.context !== 'auto') judge.takes('reasoning.context');
  if (hasValue(reasoning.mode) && reasoning.mode !== 'standard') judge.takes('reasoning.mode');
  const { effort, summary } = reasoning;
  return { reasoning_effort: effort, ...(hasValue(summary) && { reasoning: { summary } }) };
}

function toFormat({ text }: ResponsesRequest, judge: Judge): Partial<ChatCompletionRequest> {
  const verbosity = text?.verbosity ? { verbosity: text.verbosity } : {};
  const format = text?.format;
  if (!format || format.type === 'text') return verbosity;
  if (judge.attempt(() => judge.takesKind('text.format', format.type, 'text.format')) === null) return verbosity;
  if (format.type === 'json_object') return { ...verbosity, response_format: { type: 'json_object' } };
  const read = judge.attempt(() => checkBody(responsesJsonSchema, format, 'text.format'));
  if (read === null) return verbosity;
  const { name, description, schema, strict } = read;
  const json_schema = {
    name,
    ...(description && { description }),
    schema,
    ...(typeof strict === 'boolean' && { strict }),
  };
  return { ...verbosity, response_format: { type: 'json_schema', json_schema } };
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}
