import type { ChatField, EmbeddingsField, ImagesField, Operation, ProviderType } from '@aggregator/contracts';
import type {
  EmbeddingsTranslation,
  FieldFate,
  ImagesTranslation,
  ProviderAdapter,
  ProviderEndpoint,
  ProviderTarget,
  TranslatedRequest,
} from '../provider-adapter.ts';
import type { VendorFacts } from '../vendor-facts.ts';
import { foldReasoning } from './adjust-fields.ts';
import { openAiEmbeddingsFields, openAiImagesFields } from './capabilities.ts';
import { openAiProbe } from './endpoint.ts';
import { classifyOpenAiError } from './errors.ts';
import { type MessageChange, withoutAnswerFields } from './messages.ts';
import { type FieldsChange, toOpenAiChatRequest, toOpenAiEmbeddingsRequest, toOpenAiImagesRequest } from './request.ts';
import {
  type AnswerChanges,
  fromOpenAiChatResponse,
  fromOpenAiEmbeddingsResponse,
  fromOpenAiImagesResponse,
} from './response.ts';
import { OpenAiChatStream } from './stream.ts';
import { openAiCounters } from './usage.ts';

type Address = Omit<ProviderTarget, 'model'>;

/** What a server of the dialect does in its own way; all else is as OpenAI does it. `docs/add-a-provider.md` walks it. */
export interface OpenAiCoat extends AnswerChanges {
  /** Headers beside the credential and the attempt's id. */
  readonly headers?: (address: Address) => Readonly<Record<string, string>>;
  /** The last change to where a request goes and with which headers. */
  readonly adjustEndpoint?: (endpoint: ProviderEndpoint, address: Address) => ProviderEndpoint;
  /** What is read to see whether address and credential are right, behind the version path. Default `/models`. */
  readonly probePath?: string;
  /** What the server calls the model of a request. */
  readonly modelName?: (target: ProviderTarget, operation: Operation) => string;
  readonly adjustMessage?: MessageChange;
  /** Takes the place of `foldReasoning`. */
  readonly adjustChat?: FieldsChange;
  /** Null where the server makes none. */
  readonly embeddings?: EmbeddingsCoat | null;
  /** Null where the server makes none. */
  readonly images?: ImagesCoat | null;
}

export interface EmbeddingsCoat {
  readonly fields?: Readonly<Record<EmbeddingsField, FieldFate>>;
  readonly inputsMax?: number;
  readonly adjust?: FieldsChange;
}

export interface ImagesCoat {
  readonly fields?: Readonly<Record<ImagesField, FieldFate>>;
  /** Behind the version path. */
  readonly path?: string;
  readonly adjust?: FieldsChange;
}

const inputsMaxOfOpenAi = 2048;
const nothingToChange: FieldsChange = () => undefined;

/** An adapter for a server that speaks as OpenAI does, but for what `coat` says. */
export function createOpenAiDialect(
  type: ProviderType,
  facts: VendorFacts,
  chatFields: Readonly<Record<ChatField, FieldFate>>,
  coat: OpenAiCoat = {},
): ProviderAdapter {
  const { adjustMessage = withoutAnswerFields, adjustChat = foldReasoning } = coat;
  const dress = (
    translate: (target: ProviderTarget) => TranslatedRequest,
    target: ProviderTarget,
    operation: Operation,
  ) => {
    const model = coat.modelName?.(target, operation) ?? target.model;
    const translated = translate({ ...target, model });
    translated.endpoint = withHeaders(translated.endpoint, coat, target);
    return translated;
  };
  return {
    type,
    facts,
    chat: {
      fields: chatFields,
      toRequest: (request, target) =>
        dress(
          (named) => toOpenAiChatRequest(request, named, chatFields, { adjustMessage, adjustChat }),
          target,
          'chat.completions',
        ),
      fromResponse: (body) => fromOpenAiChatResponse(body, coat),
      createStream: (options) => new OpenAiChatStream(options, coat),
    },
    native: {},
    embeddings: coat.embeddings === null ? null : createEmbeddings(coat.embeddings ?? {}, coat, dress),
    images: coat.images === null ? null : createImages(coat.images ?? {}, coat, dress),
    tokenCount: null,
    classifyError: (status, headers, body) => classifyOpenAiError(status, headers, body, coat),
    counters: openAiCounters,
    // Usage is in the last chunk alone: cached input and hidden reasoning are not known before.
    disconnect: 'drain',
    usageRecord: null,
    probe: (target) => withHeaders(openAiProbe(target, coat.probePath), coat, target),
  };
}

type Dress = (
  translate: (target: ProviderTarget) => TranslatedRequest,
  target: ProviderTarget,
  operation: Operation,
) => TranslatedRequest;

function createEmbeddings(
  { fields = openAiEmbeddingsFields, inputsMax = inputsMaxOfOpenAi, adjust = nothingToChange }: EmbeddingsCoat,
  changes: AnswerChanges,
  dress: Dress,
): EmbeddingsTranslation {
  return {
    fields,
    inputsMax,
    toRequest: (request, target) =>
      dress((named) => toOpenAiEmbeddingsRequest(request, named, fields, adjust), target, 'embeddings'),
    fromResponse: (body, request) => fromOpenAiEmbeddingsResponse(body, request, changes),
  };
}

function createImages(
  { fields = openAiImagesFields, path = '/images/generations', adjust = nothingToChange }: ImagesCoat,
  changes: AnswerChanges,
  dress: Dress,
): ImagesTranslation {
  return {
    fields,
    toRequest: (request, target) =>
      dress((named) => toOpenAiImagesRequest(request, named, fields, path, adjust), target, 'images.generations'),
    fromResponse: (body) => fromOpenAiImagesResponse(body, changes),
  };
}

function withHeaders(
  endpoint: ProviderEndpoint,
  { headers, adjustEndpoint }: OpenAiCoat,
  address: Address,
): ProviderEndpoint {
  const headed =
    headers === undefined ? endpoint : { ...endpoint, headers: { ...endpoint.headers, ...headers(address) } };
  return adjustEndpoint === undefined ? headed : adjustEndpoint(headed, address);
}
