import { isRecord } from '../json-record.ts';
import { editJson } from '../native/edit-json.ts';
import { LaneEdits, type PricedFields, readHeader, refuse, refuseFiles } from '../native/lane-fields.ts';
import type { NativeLane, NativeRequest, ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { anthropicEndpoint } from './endpoint.ts';
import { fromAnthropicChatResponse } from './response.ts';
import { AnthropicChatStream } from './stream.ts';

/**
 * Another model answers, at another speed, on another account.
 * Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11).
 */
const pricedFields: PricedFields = {
  billing_policy: [],
  fallback_credit_token: [],
  fallbacks: [],
  service_tier: ['auto', 'standard_only'],
  speed: ['standard'],
};

/**
 * Tools that Anthropic charges beside their tokens, in a way that no answer reports: a container by the hour, another
 * model.
 * Source: https://platform.claude.com/docs/en/about-claude/pricing (read 2026-11).
 */
const unpricedTool = /^(?:advisor|code_execution)_/;
/** Charged by the call; Anthropic bounds the calls by `max_uses`. */
const searchTool = /^web_search_/;
/** Searches of a request that sets no bound, and the most of one that does. */
const searchesDefault = 10;
const searchesMost = 50;
const samplingFields = ['temperature', 'top_p', 'top_k'];

/** The Messages API for requests of the Messages surface: they go out as they came. */
export const anthropicNativeLane: NativeLane = {
  serves: () => true,
  toRequest: toNativeRequest,
  reader: {
    fromResponse: fromAnthropicChatResponse,
    createStream: (options) => new AnthropicChatStream(options, true),
  },
};

function toNativeRequest(request: NativeRequest, target: ProviderTarget, limit: number | null): TranslatedRequest {
  const { text, body, headers } = request;
  const { inference_geo: place, container } = body;
  if (typeof place === 'string' && place !== 'global') {
    throw refuse('inference_geo', 'which provider answers, and where, is chosen with provider.only');
  }
  if (container !== undefined && container !== null) throw refuse('container', 'no price of its hours is known');
  refuseFiles(request, body.messages, 'messages');
  const lane = new LaneEdits(body, target.model);
  lane.cutPriced(pricedFields);
  lane.cutTools(
    (type) => unpricedTool.test(type) || (searchTool.test(type) && target.areToolCallsPriced !== true),
    ({ name }) => name,
  );
  // Anthropic refuses what the model cannot generate; after a failover the model may be another than the caller asked.
  lane.bound('max_tokens', target.maxOutputTokens, limit);
  const { tools, searchesMax } = boundSearches(lane.tools);
  if (tools !== null) lane.set('tools', tools);
  const beta = readHeader(headers, 'anthropic-beta');
  const { url, method, headers: own } = anthropicEndpoint(target, '/messages', readVersion(body, headers));
  return {
    endpoint: { url, method, headers: beta === null ? own : { ...own, 'anthropic-beta': beta } },
    body: editJson(text, lane.edits),
    droppedParams: lane.dropped.names,
    ...(searchesMax > 0 && { toolCallsMax: searchesMax }),
  };
}

/** The client's own version, or the one that takes its fields. */
function readVersion(body: NativeRequest['body'], headers: NativeRequest['headers']): string {
  const hasSampling = samplingFields.some((name) => (body[name] ?? null) !== null);
  return readHeader(headers, 'anthropic-version') ?? (hasSampling ? '2023-06-01' : '2026-10-21');
}

/** Most searches of a request, and its tools with that bound in them; null if they have it already. */
function boundSearches(given: readonly unknown[]): {
  readonly tools: readonly unknown[] | null;
  readonly searchesMax: number;
} {
  let searchesMax = 0;
  let isChanged = false;
  const bounded = given.map((tool) => {
    if (!isRecord(tool) || typeof tool.type !== 'string' || !searchTool.test(tool.type)) return tool;
    const { max_uses: asked } = tool;
    const isBounded = typeof asked === 'number' && asked >= 0 && asked <= searchesMost;
    const uses = isBounded ? asked : typeof asked === 'number' ? searchesMost : searchesDefault;
    searchesMax += uses;
    isChanged ||= !isBounded;
    return isBounded ? tool : { ...tool, max_uses: uses };
  });
  return { tools: isChanged ? bounded : null, searchesMax };
}
