import { AppError } from '@aggregator/contracts';
import { DroppedParams } from '../fields/dropped-params.ts';
import { ownFields } from '../fields/own-fields.ts';
import { isRecord } from '../json-record.ts';
import { editJson } from '../native/edit-json.ts';
import type { NativeLane, NativeRequest, ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { anthropicEndpoint } from './endpoint.ts';
import { fromAnthropicChatResponse } from './response.ts';
import { AnthropicChatStream } from './stream.ts';

/**
 * Fields that change what a request costs in a way that no rate can tell: another model answers, at another speed, on another
 * account. Each with the values that do not.
 * Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11).
 */
const pricedFields: Readonly<Record<string, readonly unknown[]>> = {
  billing_policy: [],
  fallback_credit_token: [],
  fallbacks: [],
  service_tier: ['auto', 'standard_only'],
  speed: ['standard'],
};

/**
 * Tools that Anthropic charges beside their tokens, in a way that no answer tells: a container by the hour, another model.
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
  toRequest: toNativeRequest,
  reader: {
    fromResponse: fromAnthropicChatResponse,
    createStream: (options) => new AnthropicChatStream(options, true),
  },
};

function toNativeRequest({ text, body, headers }: NativeRequest, target: ProviderTarget): TranslatedRequest {
  refuseUnpriced(body, target);
  const dropped = new DroppedParams();
  const edits = new Map<string, string | null>([['model', JSON.stringify(target.model)]]);
  for (const name of ownFields) if (Object.hasOwn(body, name)) edits.set(name, null);
  for (const [name, harmless] of Object.entries(pricedFields)) {
    const value = body[name] ?? null;
    if (value === null || harmless.includes(value)) continue;
    edits.set(name, null);
    dropped.note(name);
  }
  const { max_tokens: asked } = body;
  const { maxOutputTokens: most } = target;
  // Anthropic refuses what the model cannot generate; after a failover the model may be another than the caller asked.
  if (typeof asked === 'number' && most !== null && asked > most) edits.set('max_tokens', String(most));
  const { tools, searchesMax } = boundSearches(body.tools);
  if (tools !== null) edits.set('tools', JSON.stringify(tools));
  const beta = readHeader(headers, 'anthropic-beta');
  const { url, method, headers: own } = anthropicEndpoint(target, '/messages', readVersion(body, headers));
  return {
    endpoint: { url, method, headers: beta === null ? own : { ...own, 'anthropic-beta': beta } },
    body: editJson(text, edits),
    droppedParams: dropped.names,
    ...(searchesMax > 0 && { toolCallsMax: searchesMax }),
  };
}

/** The client's own version, or the one that takes its fields. */
function readVersion(body: NativeRequest['body'], headers: NativeRequest['headers']): string {
  const hasSampling = samplingFields.some((name) => (body[name] ?? null) !== null);
  return readHeader(headers, 'anthropic-version') ?? (hasSampling ? '2023-06-01' : '2026-10-21');
}

function readHeader(headers: NativeRequest['headers'], name: string): string | null {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return text === '' ? null : text;
}

/** Most searches of a request, and its tools with that bound in them; null if they have it already. */
function boundSearches(tools: unknown): { readonly tools: readonly unknown[] | null; readonly searchesMax: number } {
  let searchesMax = 0;
  let isChanged = false;
  const bounded = (Array.isArray(tools) ? tools : []).map((tool) => {
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

/** @throws {AppError} `unsupported_parameter` */
function refuseUnpriced(
  { tools, inference_geo: place }: NativeRequest['body'],
  { areToolCallsPriced = false }: ProviderTarget,
): void {
  if (typeof place === 'string' && place !== 'global') {
    throw refuse('inference_geo', 'which provider answers, and where, is chosen with provider.only');
  }
  for (const [index, tool] of (Array.isArray(tools) ? tools : []).entries()) {
    const type = isRecord(tool) && typeof tool.type === 'string' ? tool.type : '';
    if (unpricedTool.test(type) || (searchTool.test(type) && !areToolCallsPriced)) {
      throw refuse(`tools[${index}]`, `no price of the calls of '${type.slice(0, 64)}' is known`);
    }
  }
}

function refuse(param: string, reason: string): AppError {
  return new AppError('unsupported_parameter', { param, message: `'${param}' is not supported here: ${reason}.` });
}
