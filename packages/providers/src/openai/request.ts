import type { ChatCompletionRequest, EmbeddingsRequest } from '@aggregator/contracts';
import { isRecord } from '../json-record.ts';
import type { ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { openAiChatFields, openAiEmbeddingsFields } from './capabilities.ts';

/** Names of dropped fields end in a response header, so there is a bound to how many and how long. */
const droppedParamsMax = 32;
const paramName = /^[\w.-]{1,64}$/;

export function toOpenAiChatRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest {
  const { fields, droppedParams } = selectFields(request, openAiChatFields);
  fields.model = target.model;
  if (request.stream === true) {
    fields.stream_options = { ...request.stream_options, include_usage: true };
  } else if (fields.stream_options !== undefined) {
    // Refused by OpenAI where there is no stream.
    delete fields.stream_options;
    noteDropped(droppedParams, 'stream_options');
  }
  if (isRecord(fields.metadata) && Object.hasOwn(fields.metadata, 'cost')) {
    const { cost: _cost, ...metadata } = fields.metadata;
    fields.metadata = metadata;
    noteDropped(droppedParams, 'metadata.cost');
  }
  return { body: JSON.stringify(fields), droppedParams };
}

export function toOpenAiEmbeddingsRequest(request: EmbeddingsRequest, target: ProviderTarget): TranslatedRequest {
  const { fields, droppedParams } = selectFields(request, openAiEmbeddingsFields);
  fields.model = target.model;
  return { body: JSON.stringify(fields), droppedParams };
}

/** A null field means what its absence means, and not every provider takes it. */
function selectFields(request: Readonly<Record<string, unknown>>, known: ReadonlySet<string>) {
  const fields: Record<string, unknown> = {};
  const droppedParams: string[] = [];
  for (const name of Object.keys(request)) {
    const value = request[name];
    if (value === null || value === undefined) continue;
    if (known.has(name)) fields[name] = value;
    else noteDropped(droppedParams, name);
  }
  return { fields, droppedParams };
}

function noteDropped(droppedParams: string[], name: string): void {
  if (droppedParams.length < droppedParamsMax && paramName.test(name)) droppedParams.push(name);
}
