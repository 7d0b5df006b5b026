import { chatCompletionRequest, isRecord } from '@aggregator/contracts';
import { editJson } from '../native/edit-json.ts';
import { LaneEdits, type PricedFields, refuse, refuseFiles } from '../native/lane-fields.ts';
import type {
  NativeLane,
  NativeRequest,
  ProviderEndpoint,
  ProviderTarget,
  TranslatedRequest,
} from '../provider-adapter.ts';
import { chooseApi } from './choose-api.ts';
import { openAiEndpoint, withBeta } from './endpoint.ts';

/** The option of a provider whose chat completions receive requests as they came: `native`. */
export const chatLaneOption = 'chatLane';

/** Another tier, searches and unseen candidates change the price. Source: https://developers.openai.com/api/docs/pricing (read 2026-11). */
const pricedFields: PricedFields = {
  service_tier: ['auto', 'default'],
  web_search_options: [],
  best_of: [1],
  max_output_tokens: [],
};
/** Tools that the client runs. */
const clientTools: readonly string[] = ['function', 'custom'];
const laterLimit = 'max_completion_tokens';

/** What differs between the servers of chat completions. */
export interface ChatServer {
  readonly reader: NativeLane['reader'];
  /** True if the request is served by another API, so that it has to be translated. */
  isElsewhere(body: NativeRequest['body'], target: ProviderTarget): boolean;
  /** Names of fields that pass although they are governed; absent for none. */
  readonly passedFields?: readonly string[];
  /** The field that bounds an answer whose request sets no bound. */
  limitFieldOf(target: ProviderTarget): string;
  /** True if a stream can be asked for its usage. */
  readonly streamOptions: boolean;
  toEndpoint(target: ProviderTarget): ProviderEndpoint;
}

/** The lane of chat completions, where the provider's option asks for it. */
export function createChatLane(server: ChatServer): NativeLane {
  return {
    serves: ({ options }) => options[chatLaneOption] === 'native',
    toRequest: (request, target, limit) => toNativeRequest(server, request, target, limit),
    reader: server.reader,
  };
}

/** OpenAI's own chat completions. A request that its Responses API serves better is translated. */
export function openAiChatLane(reader: ChatServer['reader']): NativeLane {
  return createChatLane({
    reader,
    isElsewhere: (body, target) => chooseApi(chatCompletionRequest.parse(body), target) === 'responses',
    limitFieldOf: () => laterLimit,
    streamOptions: true,
    toEndpoint: (target) => openAiEndpoint(target, '/chat/completions'),
  });
}

function toNativeRequest(
  server: ChatServer,
  request: NativeRequest,
  target: ProviderTarget,
  limit: number | null,
): TranslatedRequest {
  const { text, body, headers } = request;
  if (server.isElsewhere(body, target)) throw refuse('model', 'it is served by another API of the provider');
  if (text.includes('"reasoning_details"')) throw refuse('messages', 'thoughts may be those of another provider');
  refuseFiles(request, body.messages, 'messages');
  const lane = new LaneEdits(body, target.model, server.passedFields);
  lane.cutPriced(pricedFields);
  lane.cutTools(
    (type) => !clientTools.includes(type),
    ({ type }) => type,
  );
  const isOlder = (body.max_tokens ?? null) !== null && (body[laterLimit] ?? null) === null;
  const isUnbound = (body.max_tokens ?? body[laterLimit] ?? null) === null;
  lane.bound(
    isUnbound ? server.limitFieldOf(target) : isOlder ? 'max_tokens' : laterLimit,
    target.maxOutputTokens,
    limit,
  );
  if (body.stream === true && server.streamOptions) askForUsage(lane, body.stream_options);
  return {
    endpoint: withBeta(server.toEndpoint(target), headers),
    body: editJson(text, lane.edits),
    droppedParams: lane.dropped.names,
  };
}

function askForUsage(lane: LaneEdits, given: unknown): void {
  const options = isRecord(given) ? given : {};
  if (options.include_usage !== true) lane.set('stream_options', { ...options, include_usage: true });
}
