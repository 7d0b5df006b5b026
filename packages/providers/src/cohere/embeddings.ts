import { type EmbeddingsRequest, parseRecord } from '@aggregator/contracts';
import { type EmbeddingVector, encodeVector } from '../embedding-vector.ts';
import { notUnderstood } from '../errors/verdicts.ts';
import { sortFields } from '../fields/sort-fields.ts';
import { JsonRequest } from '../json-request.ts';
import { countInputs } from '../openai/repair-answer.ts';
import { judgeInput } from '../openai/request.ts';
import type {
  EmbeddingsTranslation,
  ProviderTarget,
  TranslatedAnswer,
  TranslatedRequest,
} from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { cohereEmbeddingsFields } from './capabilities.ts';
import { cohereEndpoint } from './endpoint.ts';
import { classifyCohereErrorBody } from './errors.ts';
import { fromCohereEmbeddingsUsage } from './usage.ts';
import { cohereEmbeddingsWire } from './wire.ts';

/**
 * Cohere asks what a text is for; a caller of OpenAI's surface can say it as `input_type`, else it is a document that will be
 * searched. A text that is too long is refused and not cut, as OpenAI does it.
 * Source: https://docs.cohere.com/reference/embed (read 2026-11, as typed by `cohere-ai` 8.1).
 */
export const cohereEmbeddings: EmbeddingsTranslation = {
  fields: cohereEmbeddingsFields,
  inputsMax: 96,
  toRequest: toCohereEmbeddingsRequest,
  fromResponse: fromCohereEmbeddingsResponse,
};

const inputTypeUnsaid = 'search_document';

function toCohereEmbeddingsRequest(request: EmbeddingsRequest, target: ProviderTarget): TranslatedRequest {
  const { taken, dropped } = sortFields(request, { ...cohereEmbeddingsFields, input_type: 'mapped' });
  judgeInput(request.input, cohereEmbeddingsFields);
  const body = {
    model: target.model,
    texts: typeof request.input === 'string' ? [request.input] : request.input,
    input_type: typeof taken.input_type === 'string' ? taken.input_type : inputTypeUnsaid,
    embedding_types: [request.encoding_format ?? 'float'],
    output_dimension: taken.dimensions,
    truncate: 'NONE',
  };
  return new JsonRequest(cohereEndpoint(target, '/embed'), body, dropped.names);
}

function fromCohereEmbeddingsResponse(body: string, request: EmbeddingsRequest): TranslatedAnswer {
  const record = parseRecord(body);
  const error = record === null ? null : classifyCohereErrorBody(record);
  if (error !== null) throw new ProviderFailure(error);
  const parsed = cohereEmbeddingsWire.safeParse(record);
  if (!parsed.success) throw new ProviderFailure(notUnderstood('success without embeddings'));
  const { embeddings, meta } = parsed.data;
  const vectors = (embeddings.base64 ?? embeddings.float ?? []).map((vector) => readVector(vector, request));
  if (vectors.length !== countInputs(request.input)) {
    throw new ProviderFailure(notUnderstood(`${vectors.length} vectors, not as many as there are inputs`));
  }
  const usage = fromCohereEmbeddingsUsage(meta);
  const tokens = usage?.inputUncached ?? 0;
  return {
    body: {
      object: 'list',
      data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      ...(usage !== null && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
    },
    usage,
  };
}

function readVector(value: unknown, { encoding_format: format }: EmbeddingsRequest): EmbeddingVector {
  const vector = encodeVector(value, format);
  if (vector === null) throw new ProviderFailure(notUnderstood('an embedding that is no vector'));
  return vector;
}
