import { type ChatCompletionRequest, isRecord } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { invalidValue } from '../fields/invalid-value.ts';
import { judgeChatParts } from '../fields/judge-chat-parts.ts';
import { sortFields, unsupported } from '../fields/sort-fields.ts';
import { JsonRequest } from '../json-request.ts';
import type { ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { cohereChatFields, cohereOwnFields } from './capabilities.ts';
import { cohereEndpoint } from './endpoint.ts';
import { toCohereMessages } from './messages.ts';
import { toThinking } from './thinking.ts';

type Fields = Readonly<Record<string, unknown>>;
type Tools = NonNullable<ChatCompletionRequest['tools']>;

const stopSequencesMax = 5;
const topPMin = 0.01;
const topPMax = 0.99;

/**
 * A chat as Cohere's second version has it.
 * Source: https://docs.cohere.com/reference/chat (read 2026-11, as typed by `cohere-ai` 8.1).
 */
export function toCohereChatRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest {
  const { taken, dropped } = sortFields(request, { ...cohereChatFields, ...cohereOwnFields });
  judgeChatParts(request, cohereChatFields, dropped);
  const bound = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  const place = { model: target.model, outputTokensMax: bound ?? target.maxOutputTokens };
  const body = {
    model: target.model,
    messages: toCohereMessages(request.messages, dropped),
    stream: request.stream === true ? true : undefined,
    ...toTools(request),
    ...toSampling(taken, dropped),
    max_tokens: bound,
    stop_sequences: toStopSequences(request.stop),
    response_format: toResponseFormat(request.response_format),
    thinking: toThinking(request, place, dropped),
    documents: taken.documents,
    citation_options: taken.citation_options,
    safety_mode: taken.safety_mode,
  };
  return new JsonRequest(cohereEndpoint(target, '/chat'), body, dropped.names);
}

/** A tool that is asked for by name is the only one that goes out, and one must be called. */
function toTools({ tools, tool_choice: choice }: ChatCompletionRequest): Fields {
  if (!tools || tools.length === 0) return {};
  if (choice === undefined || choice === null || choice === 'auto') return toolFields(tools);
  if (choice === 'none') return { ...toolFields(tools), tool_choice: 'NONE' };
  if (choice === 'required') return { ...toolFields(tools), tool_choice: 'REQUIRED' };
  const named =
    isRecord(choice) && choice.type === 'function' && isRecord(choice.function) ? choice.function.name : null;
  const chosen = tools.filter((tool) => isRecord(tool.function) && tool.function.name === named);
  if (chosen.length === 0) throw unsupported('tool_choice');
  return { ...toolFields(chosen), tool_choice: 'REQUIRED' };
}

/** Strictness is for all tools or none: where one asks for it, all have it. */
function toolFields(tools: Tools): Fields {
  const functions = tools.map((tool) => (isRecord(tool.function) ? tool.function : {}));
  return {
    tools: functions.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description: description ?? undefined, parameters: parameters ?? noParameters },
    })),
    ...(functions.some((one) => one.strict === true) && { strict_tools: true }),
  };
}

const noParameters = { type: 'object', properties: {} };

/** Penalties below 0 and above 1 do not exist here; the outermost values of `top_p` do not either, their neighbours do. */
function toSampling(taken: Fields, dropped: DroppedParams): Fields {
  const penalty = (name: string) => {
    const value = taken[name];
    if (typeof value !== 'number' || (value >= 0 && value <= 1)) return value;
    dropped.note(name);
    return undefined;
  };
  const topP = taken.top_p;
  return {
    temperature: taken.temperature,
    p: typeof topP === 'number' ? Math.min(Math.max(topP, topPMin), topPMax) : undefined,
    k: taken.top_k,
    seed: taken.seed,
    frequency_penalty: penalty('frequency_penalty'),
    presence_penalty: penalty('presence_penalty'),
  };
}

function toStopSequences(stop: ChatCompletionRequest['stop']): readonly string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  const sequences = typeof stop === 'string' ? [stop] : stop;
  if (sequences.length > stopSequencesMax) {
    throw invalidValue('stop', `The provider of this model takes at most ${stopSequencesMax} stop sequences.`);
  }
  return sequences;
}

function toResponseFormat(format: unknown): Fields | undefined {
  if (!isRecord(format)) return undefined;
  if (format.type !== 'json_schema') return { type: format.type };
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  return { type: 'json_object', json_schema: schema };
}
