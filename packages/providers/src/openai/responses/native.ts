import { isRecord } from '@aggregator/contracts';
import { editJson } from '../../native/edit-json.ts';
import { LaneEdits, type PricedFields, refuse, refuseFiles } from '../../native/lane-fields.ts';
import type {
  HostedTools,
  NativeLane,
  NativeRequest,
  ProviderEndpoint,
  ProviderTarget,
  TranslatedRequest,
} from '../../provider-adapter.ts';
import { openAiApiOption } from '../choose-api.ts';
import { openAiEndpoint, withBeta } from '../endpoint.ts';
import { rowOf } from '../model-table.ts';
import { OpenAiStream } from '../openai-stream.ts';
import { fromOpenAiAnswer } from '../response.ts';
import { boundHostedTools, reasonsAt } from './hosted-tools.ts';

/** Source: https://developers.openai.com/api/docs/pricing (read 2026-11). */
const pricedFields: PricedFields = {
  service_tier: ['auto', 'default'],
  // Of chats: a server that makes a chat of the request may read them.
  ...{ n: [1], best_of: [1], max_tokens: [], max_completion_tokens: [], web_search_options: [] },
};

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
  boundTools: boundHostedTools,
  givesReasoning: ({ model }) => reasonsAt(model),
  toEndpoint: (target) => openAiEndpoint(target, '/responses'),
});

/** What differs between the servers of the Responses API. */
export interface ResponsesServer {
  readonly serves: NativeLane['serves'];
  /** Cuts tools that have no price here. Returns what the others can use; null if they cost their tokens alone. */
  boundTools(lane: LaneEdits, body: NativeRequest['body'], target: ProviderTarget): HostedTools | null;
  /** True if the server is asked for encrypted reasoning, so that the next turn can give it back. */
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
  const hostedTools = server.boundTools(lane, body, target);
  lane.bound('max_output_tokens', target.maxOutputTokens, limit);
  for (const name of keptFields) if ((body[name] ?? false) !== false) lane.edits.set(name, null);
  cutKeptIds(lane, body.input);
  if (body.store !== false) storeNothing(lane, body, server.givesReasoning(target));
  return {
    endpoint: withBeta(server.toEndpoint(target), headers),
    body: editJson(text, lane.edits),
    droppedParams: lane.dropped.names,
    ...(hostedTools !== null && { hostedTools }),
  };
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
