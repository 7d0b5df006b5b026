import type { EmbeddingsRequest } from '@aggregator/contracts';
import { encodeVector } from '../embedding-vector.ts';
import { notUnderstood } from '../errors/verdicts.ts';
import { sortFields, unsupported } from '../fields/sort-fields.ts';
import { JsonRequest } from '../json-request.ts';
import type {
  EmbeddingsTranslation,
  ProviderTarget,
  TranslatedAnswer,
  TranslatedRequest,
} from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { geminiEmbeddingsFields } from './capabilities.ts';
import { geminiEndpoint, toResourceName } from './endpoint.ts';
import { parseGeminiAnswer } from './response.ts';
import { fromGeminiEmbeddingsUsage } from './usage.ts';
import { embeddingsWire } from './wire.ts';

/**
 * Vectors come as the model makes them: one that is cut to fewer dimensions may not be of length 1.
 * Source: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents (read 2026-11).
 */
export const geminiEmbeddings: EmbeddingsTranslation = {
  fields: geminiEmbeddingsFields,
  inputsMax: 100,
  toRequest: toEmbeddingsRequest,
  fromResponse: fromEmbeddingsResponse,
};

function toEmbeddingsRequest(request: EmbeddingsRequest, target: ProviderTarget): TranslatedRequest {
  const { taken, dropped } = sortFields(request, geminiEmbeddingsFields);
  const inputs: readonly unknown[] = typeof request.input === 'string' ? [request.input] : request.input;
  const model = toResourceName(target.model);
  const requests = inputs.map((text) => {
    // Numbers are tokens of a vocabulary that is not this provider's.
    if (typeof text !== 'string') throw unsupported('input');
    const size = taken.dimensions === undefined ? {} : { outputDimensionality: taken.dimensions };
    return { model, content: { parts: [{ text }] }, ...size };
  });
  const endpoint = geminiEndpoint(target, 'batchEmbedContents');
  return new JsonRequest(endpoint, { requests }, dropped.names);
}

function fromEmbeddingsResponse(body: string, { model, input, encoding_format }: EmbeddingsRequest): TranslatedAnswer {
  const parsed = embeddingsWire.safeParse(parseGeminiAnswer(body));
  if (!parsed.success) throw new ProviderFailure(notUnderstood('success without embeddings'));
  const { embeddings, usageMetadata } = parsed.data;
  if (embeddings.length !== (typeof input === 'string' ? 1 : input.length)) {
    throw new ProviderFailure(notUnderstood('not one embedding for each input'));
  }
  const usage = fromGeminiEmbeddingsUsage(usageMetadata);
  const tokens = usage?.inputUncached ?? 0;
  const data = embeddings.map(({ values }, index) => ({
    object: 'embedding',
    index,
    embedding: encodeVector(values, encoding_format),
  }));
  return {
    body: {
      object: 'list',
      data,
      model,
      usage: usage === null ? null : { prompt_tokens: tokens, total_tokens: tokens },
    },
    usage,
  };
}
