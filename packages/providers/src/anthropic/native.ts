import { editJson } from '../native/edit-json.ts';
import { LaneEdits, type PricedFields, readHeader, refuse, refuseFiles } from '../native/lane-fields.ts';
import type { NativeLane, NativeRequest, ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { anthropicEndpoint } from './endpoint.ts';
import { boundHostedTools } from './hosted-tools.ts';
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
  if (container !== undefined && container !== null)
    throw refuse('container', 'containers are not kept between requests');
  refuseFiles(request, body.messages, 'messages');
  const lane = new LaneEdits(body, target.model);
  lane.cutPriced(pricedFields);
  const hostedTools = boundHostedTools(lane, target);
  // Anthropic refuses what the model cannot generate; after a failover the model may be another than the caller asked.
  lane.bound('max_tokens', target.maxOutputTokens, limit);
  const beta = readHeader(headers, 'anthropic-beta');
  const { url, method, headers: own } = anthropicEndpoint(target, '/messages', readVersion(body, headers));
  return {
    endpoint: { url, method, headers: beta === null ? own : { ...own, 'anthropic-beta': beta } },
    body: editJson(text, lane.edits),
    droppedParams: lane.dropped.names,
    ...(hostedTools !== null && { hostedTools }),
  };
}

/** The client's own version, or the one that takes its fields. */
function readVersion(body: NativeRequest['body'], headers: NativeRequest['headers']): string {
  const hasSampling = samplingFields.some((name) => (body[name] ?? null) !== null);
  return readHeader(headers, 'anthropic-version') ?? (hasSampling ? '2023-06-01' : '2026-10-21');
}
