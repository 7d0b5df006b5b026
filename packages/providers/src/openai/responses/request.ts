import { type ChatCompletionRequest, isRecord } from '@aggregator/contracts';
import type { DroppedParams } from '../../fields/dropped-params.ts';
import { judgeChatParts } from '../../fields/judge-chat-parts.ts';
import { sortFields, unsupported } from '../../fields/sort-fields.ts';
import { withoutCost } from '../../fields/without-cost.ts';
import { JsonRequest } from '../../json-request.ts';
import type { ProviderTarget, TranslatedRequest } from '../../provider-adapter.ts';
import { boundOutput, dropSampling, foldReasoning } from '../adjust-fields.ts';
import { openAiEndpoint } from '../endpoint.ts';
import { refusesSampling, responsesEffortsOf } from '../model-efforts.ts';
import { outputTokensLeast, responsesChatFields } from './fields.ts';
import { toInputItems } from './input.ts';
import { toResponsesTool, toResponsesToolChoice } from './tools.ts';

type Fields = Record<string, unknown>;

/** Fields of a chat that have the same name and form here. */
const sameFields = [
  ...(['metadata', 'moderation', 'prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'] as const),
  ...(['safety_identifier', 'temperature', 'top_logprobs', 'top_p', 'user'] as const),
];

/**
 * Returns a chat as `POST /v1/responses` takes it. Nothing is stored unless the client asks for it, so that reasoning comes
 * encrypted and goes back with the conversation.
 * Sources: https://platform.openai.com/docs/guides/migrate-to-responses,
 * https://developers.openai.com/api/docs/guides/reasoning#encrypted-reasoning-items (read 2026-11).
 */
export function toResponsesRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest {
  const { taken, dropped } = sortFields(request, responsesChatFields);
  judgeChatParts(request, responsesChatFields, dropped);
  const summary = toSummary(request.reasoning);
  foldReasoning(taken, target, dropped, responsesEffortsOf);
  withoutCost(taken, dropped);
  boundOutput(taken, 'max_completion_tokens', target);
  const { reasoning_effort: effort } = taken;
  if (refusesSampling(target.model, effort)) dropSampling(taken, dropped);
  const isThinker = responsesEffortsOf(target.model)?.length !== 0;
  const include = [
    ...(isThinker ? ['reasoning.encrypted_content'] : []),
    ...(request.logprobs === true ? ['message.output_text.logprobs'] : []),
  ];
  const reasoning = { ...(effort !== undefined && { effort }), ...(isThinker && summary !== null && { summary }) };
  const text = toText(taken);
  const body = {
    model: target.model,
    input: toInputItems(request.messages, dropped),
    ...toToolFields(taken, request),
    ...toSameFields(taken),
    ...toOutputBound(taken.max_completion_tokens),
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(text).length > 0 && { text }),
    ...(include.length > 0 && { include }),
    store: request.store === true,
    ...(request.stream === true && { stream: true }),
    ...toStreamOptions(request, dropped),
  };
  return new JsonRequest(openAiEndpoint(target, '/responses'), body, dropped.names);
}

/**
 * A summary is asked for where the client asks to see thoughts: in `reasoning`, not by an effort alone. OpenAI summarises
 * only for organisations that it has verified, so that no client gets a 400 for what it did not ask.
 */
function toSummary(reasoning: ChatCompletionRequest['reasoning']): unknown {
  if (!isRecord(reasoning) || reasoning.exclude === true) return null;
  if (reasoning.summary) return reasoning.summary;
  const isAsked = reasoning.enabled === true || typeof reasoning.max_tokens === 'number';
  return isAsked && reasoning.max_tokens !== 0 ? 'auto' : null;
}

function toToolFields(
  { tool_choice: choice, parallel_tool_calls: isParallel }: Fields,
  { tools }: ChatCompletionRequest,
): Fields {
  if (!tools || tools.length === 0) return {};
  return {
    tools: tools.map((tool, index) => toResponsesTool(tool, `tools[${index}]`)),
    ...(choice !== undefined && { tool_choice: toResponsesToolChoice(choice) }),
    ...(isParallel !== undefined && { parallel_tool_calls: isParallel }),
  };
}

function toSameFields(taken: Fields): Fields {
  return Object.fromEntries(sameFields.flatMap((name) => (taken[name] === undefined ? [] : [[name, taken[name]]])));
}

function toOutputBound(bound: unknown): Fields {
  if (bound === undefined) return {};
  return { max_output_tokens: typeof bound === 'number' ? Math.max(bound, outputTokensLeast) : bound };
}

function toText({ response_format: format, verbosity }: Fields): Fields {
  return {
    ...(isRecord(format) && { format: toFormat(format) }),
    ...(verbosity !== undefined && { verbosity }),
  };
}

function toFormat({ type, json_schema: schema }: Fields): Fields {
  if (type === 'text' || type === 'json_object') return { type };
  if (type !== 'json_schema' || !isRecord(schema)) throw unsupported('response_format');
  return { type, ...schema };
}

function toStreamOptions({ stream, stream_options: options }: ChatCompletionRequest, dropped: DroppedParams): Fields {
  if (!options) return {};
  if (stream !== true) {
    dropped.note('stream_options');
    return {};
  }
  const { include_usage: _asked, ...rest } = options;
  return Object.keys(rest).length === 0 ? {} : { stream_options: rest };
}
