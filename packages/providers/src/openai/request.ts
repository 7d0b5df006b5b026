import type {
  ChatCompletionRequest,
  ChatField,
  EmbeddingsField,
  EmbeddingsRequest,
  ImagesField,
  ImagesRequest,
} from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { withFailureAsText } from '../fields/failure-as-text.ts';
import { judgeChatParts } from '../fields/judge-chat-parts.ts';
import { sortFields, unsupported } from '../fields/sort-fields.ts';
import { withoutCost } from '../fields/without-cost.ts';
import { JsonRequest } from '../json-request.ts';
import type { FieldFate, ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { openAiEndpoint } from './endpoint.ts';
import { withMediaAfterTools } from './media-after-tools.ts';
import { type MessageChange, withoutCacheMarks, withoutForeignParts } from './messages.ts';
import { withCompleteSchemas } from './tools.ts';

/**
 * The last change to the fields of a request, under OpenAI's names: a separate record, whose values are the caller's.
 */
export type FieldsChange = (fields: Record<string, unknown>, target: ProviderTarget, dropped: DroppedParams) => void;

export interface ChatRequestChanges {
  readonly adjustMessage: MessageChange;
  readonly adjustChat: FieldsChange;
}

/** A request in OpenAI's own words: what the table takes goes out as it came, but for the provider's changes. */
export function toOpenAiChatRequest(
  request: ChatCompletionRequest,
  target: ProviderTarget,
  fates: Readonly<Record<ChatField, FieldFate>>,
  { adjustMessage, adjustChat }: ChatRequestChanges,
): TranslatedRequest {
  const { taken: fields, dropped } = sortFields(request, fates);
  judgeChatParts(request, fates, dropped);
  fields.model = target.model;
  fields.messages = withMediaAfterTools(withoutForeignParts(request.messages, fates))
    .map(withFailureAsText)
    .map(adjustMessage);
  if (request.tools) {
    const tools = withCompleteSchemas(request.tools);
    fields.tools = fates['content.cache_control'] === 'mapped' ? tools : withoutCacheMarks(tools);
  }
  if (request.stream === true) {
    fields.stream_options = { ...request.stream_options, include_usage: true };
  } else if (fields.stream_options !== undefined) {
    // Refused by OpenAI where there is no stream.
    delete fields.stream_options;
    dropped.note('stream_options');
  }
  withoutCost(fields, dropped);
  adjustChat(fields, target, dropped);
  const endpoint = openAiEndpoint(target, '/chat/completions');
  return new JsonRequest(endpoint, fields, dropped.names);
}

export function toOpenAiEmbeddingsRequest(
  request: EmbeddingsRequest,
  target: ProviderTarget,
  fates: Readonly<Record<EmbeddingsField, FieldFate>>,
  adjust: FieldsChange,
): TranslatedRequest {
  const { taken: fields, dropped } = sortFields(request, fates);
  judgeInput(request.input, fates);
  fields.model = target.model;
  adjust(fields, target, dropped);
  const endpoint = openAiEndpoint(target, '/embeddings');
  return new JsonRequest(endpoint, fields, dropped.names);
}

/** `path` is where images are made, behind the version path. */
export function toOpenAiImagesRequest(
  request: ImagesRequest,
  target: ProviderTarget,
  fates: Readonly<Record<ImagesField, FieldFate>>,
  path: string,
  adjust: FieldsChange,
): TranslatedRequest {
  const { taken: fields, dropped } = sortFields(request, fates);
  fields.model = target.model;
  adjust(fields, target, dropped);
  return new JsonRequest(openAiEndpoint(target, path), fields, dropped.names);
}

/** @throws {AppError} `unsupported_parameter` for inputs of a kind that the provider does not read. */
export function judgeInput(
  input: EmbeddingsRequest['input'],
  fates: Readonly<Pick<Record<EmbeddingsField, FieldFate>, 'input.text' | 'input.tokens'>>,
): void {
  const first = typeof input === 'string' ? input : input[0];
  const field = typeof first === 'string' ? 'input.text' : 'input.tokens';
  if (fates[field] !== 'mapped') throw unsupported('input');
}
