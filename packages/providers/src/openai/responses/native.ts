import { isRecord } from '../../json-record.ts';
import { editJson } from '../../native/edit-json.ts';
import { LaneEdits, type PricedFields, readHeader, refuse, refuseFiles } from '../../native/lane-fields.ts';
import type {
  NativeLane,
  NativeRequest,
  ProviderEndpoint,
  ProviderTarget,
  TranslatedRequest,
} from '../../provider-adapter.ts';
import { openAiApiOption } from '../choose-api.ts';
import { openAiEndpoint } from '../endpoint.ts';
import { responsesEffortsOf } from '../model-efforts.ts';
import { rowOf } from '../model-table.ts';
import { OpenAiStream } from '../openai-stream.ts';
import { fromOpenAiAnswer } from '../response.ts';

/** Source: https://developers.openai.com/api/docs/pricing (read 2026-11). */
const pricedFields: PricedFields = { service_tier: ['auto', 'default'] };

/**
 * Tools that OpenAI charges by the container, by the picture, or for files that it keeps: no answer reports how much.
 * Source: as above.
 */
const unpricedTool = /^(?:file_search|code_interpreter|image_generation|programmatic_tool_calling)/;
/** Charged by the call; OpenAI bounds the calls by `max_tool_calls`. */
const searchTool = /^web_search(?:_\d{4}_\d{2}_\d{2})?$/;
/** The older search costs the same with models that reason; with others it has another price. */
const previewTool = /^web_search_preview/;
/** Calls of a request that sets no bound, and the most of one that does. */
const callsDefault = 10;
const callsMost = 50;

/** State that OpenAI keeps for the operator's account: no organisation may use that of another. */
const storedFields = ['prompt'];
/** State that is kept here: the conversation before this turn is in the input. */
const keptFields = ['background', 'conversation', 'previous_response_id'];
/** Ids of input items that were stored here without an id of the client. */
const keptId = /^(?:msg|in)_[0-9a-f]{64}_in\d+$/;
const encrypted = 'reasoning.encrypted_content';

/**
 * OpenAI's Responses API for requests of the Responses surface: they go out as they came. A server that has chat completions
 * alone is set by the option `api`; a name of a model that OpenAI does not give may be of such a server.
 */
export const responsesNativeLane = createResponsesLane({
  serves({ model, options: { [openAiApiOption]: api } }) {
    return api === undefined ? rowOf(model) !== null : api === 'responses';
  },
  readTools(lane, body, target) {
    const reasons = reasonsAt(target.model);
    const isSearch = (type: string) => searchTool.test(type) || (reasons && previewTool.test(type));
    lane.cutTools(
      (type, tool) =>
        unpricedTool.test(type) ||
        (type === 'shell' && runsInContainer(tool)) ||
        (/^web_search/.test(type) && !(isSearch(type) && target.areToolCallsPriced === true)),
      ({ type }) => type,
    );
    const searches = lane.tools.some((tool) => isRecord(tool) && isSearch(String(tool.type)));
    return searches ? boundCalls(lane, body.max_tool_calls) : 0;
  },
  givesReasoning: ({ model }) => reasonsAt(model),
  toEndpoint: (target) => openAiEndpoint(target, '/responses'),
});

/** What differs between the servers of the Responses API. */
export interface ResponsesServer {
  readonly serves: NativeLane['serves'];
  /** Cuts tools that have no price here. Returns the most calls of the others that are charged by the call. */
  readTools(lane: LaneEdits, body: NativeRequest['body'], target: ProviderTarget): number;
  /** Whether the server is asked for encrypted reasoning, so that the next turn can give it back. */
  givesReasoning(target: ProviderTarget): boolean;
  toEndpoint(target: ProviderTarget): ProviderEndpoint;
}

/** The way of requests of the Responses surface to a server that has this API. */
export function createResponsesLane(server: ResponsesServer): NativeLane {
  return {
    serves: server.serves,
    toRequest: (request, target, limit) => toNativeRequest(server, request, target, limit),
    reader: { fromResponse: fromOpenAiAnswer, createStream: (options) => new OpenAiStream(options) },
  };
}

function reasonsAt(model: string): boolean {
  return responsesEffortsOf(model)?.length !== 0;
}

function toNativeRequest(
  server: ResponsesServer,
  request: NativeRequest,
  target: ProviderTarget,
  limit: number | null,
): TranslatedRequest {
  const { text, body, headers } = request;
  for (const name of storedFields) {
    if ((body[name] ?? false) !== false) throw refuse(name, 'nothing is stored at the provider between requests');
  }
  refuseFiles(request, body.input, 'input');
  const lane = new LaneEdits(body, target.model);
  lane.cutPriced(pricedFields);
  const toolCallsMax = server.readTools(lane, body, target);
  lane.bound('max_output_tokens', target.maxOutputTokens, limit);
  for (const name of keptFields) if ((body[name] ?? false) !== false) lane.edits.set(name, null);
  cutKeptIds(lane, body.input);
  if (body.store !== false) storeNothing(lane, body, server.givesReasoning(target));
  const beta = readHeader(headers, 'openai-beta');
  const { url, method, headers: own } = server.toEndpoint(target);
  return {
    endpoint: { url, method, headers: beta === null ? own : { ...own, 'openai-beta': beta } },
    body: editJson(text, lane.edits),
    droppedParams: lane.dropped.names,
    ...(toolCallsMax > 0 && { toolCallsMax }),
  };
}

/** A shell runs on the machine of the client unless it names a container of OpenAI. */
function runsInContainer({ environment }: Readonly<Record<string, unknown>>): boolean {
  return isRecord(environment) && environment.type !== 'local';
}

/** Returns the most calls of OpenAI's own tools, and writes the bound into the request if it has none. */
function boundCalls(lane: LaneEdits, asked: unknown): number {
  if (typeof asked === 'number' && asked >= 1 && asked <= callsMost) return asked;
  const most = typeof asked === 'number' ? callsMost : callsDefault;
  lane.set('max_tool_calls', most);
  return most;
}

function cutKeptIds(lane: LaneEdits, input: unknown): void {
  const isKept = (item: unknown) => isRecord(item) && typeof item.id === 'string' && keptId.test(item.id);
  if (!Array.isArray(input) || !input.some(isKept)) return;
  const items = input.map((item) => {
    if (!isKept(item)) return item;
    const { id: _id, ...rest } = item;
    return rest;
  });
  lane.set('input', items);
}

/** What is not stored must be in the answer, so that the next turn can give it back. */
function storeNothing(lane: LaneEdits, { include }: NativeRequest['body'], givesReasoning: boolean): void {
  lane.set('store', false);
  const included: readonly unknown[] = Array.isArray(include) ? include : [];
  if (givesReasoning && !included.includes(encrypted)) lane.set('include', [...included, encrypted]);
}
