import { type ChatCompletionRequest, type ChatField, type ChatMessage, isRecord } from '@aggregator/contracts';
import type { FieldFate } from '../provider-adapter.ts';
import type { DroppedParams } from './dropped-params.ts';
import { unsupported } from './sort-fields.ts';

type Fates = Readonly<Record<ChatField, FieldFate>>;

/**
 * Kinds of content parts by their `type`. A kind that is not here is refused: it cannot be separated from the question.
 */
const partFields: Readonly<Record<string, ChatField>> = {
  text: 'content.text',
  image_url: 'content.image_url',
  input_audio: 'content.input_audio',
  file: 'content.file',
  refusal: 'content.refusal',
};

/**
 * Judges the fields inside messages, tools and the response format by a provider's table, as `sortFields` does for the
 * fields. Takes nothing out: a dropped part is named here and left out by the translation.
 * @throws {AppError} `unsupported_parameter`
 */
export function judgeChatParts(request: ChatCompletionRequest, fates: Fates, dropped: DroppedParams): void {
  const judge = (field: ChatField, path: string) => {
    if (fates[field] === 'refused') throw unsupported(path);
    if (fates[field] === 'dropped') dropped.note(field);
  };
  for (const [index, message] of request.messages.entries()) judgeMessage(message, `messages[${index}]`, judge);
  for (const [index, tool] of (request.tools ?? []).entries()) {
    judge(tool.type === 'function' ? 'tools.function' : 'tools.custom', `tools[${index}]`);
    if (hasValue(tool.cache_control)) judge('content.cache_control', `tools[${index}].cache_control`);
  }
  const format = request.response_format;
  if (!isRecord(format)) return;
  if (format.type === 'json_object') judge('response_format.json_object', 'response_format');
  if (format.type === 'json_schema') judge('response_format.json_schema', 'response_format');
}

function judgeMessage(message: ChatMessage, path: string, judge: (field: ChatField, path: string) => void): void {
  if (hasValue(message.reasoning_details)) judge('reasoning_details', `${path}.reasoning_details`);
  if (hasValue(message.audio)) judge('content.audio', `${path}.audio`);
  if (hasValue(message.cache_control)) judge('content.cache_control', `${path}.cache_control`);
  if (!Array.isArray(message.content)) return;
  for (const [index, part] of message.content.entries()) {
    const partPath = `${path}.content[${index}]`;
    const field = Object.hasOwn(partFields, part.type) ? partFields[part.type] : undefined;
    if (field === undefined) throw unsupported(partPath);
    judge(field, partPath);
    // No organisation may use files of the operator's account, which others may have stored there.
    if (isRecord(part.file) && hasValue(part.file.file_id)) throw unsupported(`${partPath}.file`);
    if (hasValue(part.cache_control)) judge('content.cache_control', `${partPath}.cache_control`);
  }
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}
