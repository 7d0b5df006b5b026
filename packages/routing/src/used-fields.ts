import { type ChatCompletionRequest, type ChatField, chatFields } from '@aggregator/contracts';

const known: ReadonlySet<string> = new Set(chatFields);

/**
 * What a request asks for, in the words of the providers' tables. Fields that no table knows are left out: they
 * separate no provider from another, and `strict` rejects them.
 */
export function usedFields(request: ChatCompletionRequest): ReadonlySet<ChatField> {
  const used = new Set<ChatField>();
  for (const name of chatFields) if (hasValue(request[name])) used.add(name);
  for (const tool of request.tools ?? []) {
    used.add(tool.type === 'function' ? 'tools.function' : 'tools.custom');
    if (hasValue(tool.cache_control)) used.add('content.cache_control');
  }
  const format = request.response_format;
  if (typeof format === 'object' && format !== null && 'type' in format)
    addKnown(used, `response_format.${format.type}`);
  for (const message of request.messages) {
    if (hasValue(message.reasoning_details)) used.add('reasoning_details');
    if (hasValue(message.audio)) used.add('content.audio');
    if (hasValue(message.cache_control)) used.add('content.cache_control');
    if (!Array.isArray(message.content)) continue;
    for (const part of message.content) {
      addKnown(used, `content.${part.type}`);
      if (hasValue(part.cache_control)) used.add('content.cache_control');
    }
  }
  return used;
}

function addKnown(used: Set<ChatField>, name: string): void {
  if (isChatField(name)) used.add(name);
}

function isChatField(name: string): name is ChatField {
  return known.has(name);
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null;
}
