import { isRecord, type ReasoningDetail } from '@aggregator/contracts';
import { notUnderstood } from '../../errors/verdicts.ts';
import type { TranslatedAnswer } from '../../provider-adapter.ts';
import { ProviderFailure } from '../../provider-failure.ts';
import { noUsage } from '../../usage/usage-reading.ts';
import { toFinishReason } from './ending.ts';
import { toReasoningDetails } from './reasoning-items.ts';
import { readResponsesUsage, toChatUsage } from './usage.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Between two messages of one answer, which chat completions have as one. */
export const messageSeparator = '\n\n';

interface Said {
  readonly texts: string[];
  refusal: string;
  readonly logprobs: unknown[];
  readonly calls: Fields[];
  readonly details: ReasoningDetail[];
}

/** True if a parsed body is a response object. */
export function isResponseObject({ object }: Fields): boolean {
  return object === 'response';
}

/**
 * Returns a response as a chat completion. Items that chat completions have no place for, for example those of hosted tools,
 * are left out.
 * @throws {ProviderFailure} if the response has not ended.
 */
export function fromResponsesAnswer(response: Fields): TranslatedAnswer {
  const said = collectItems(response.output);
  const finishReason = toFinishReason(response, said.calls.length > 0);
  if (finishReason === null) throw new ProviderFailure(notUnderstood(`a response that is ${response.status}`));
  const usage = toChatUsage(response.usage);
  const body = {
    id: response.id,
    object: 'chat.completion',
    created: response.created_at,
    model: response.model,
    choices: [
      {
        index: 0,
        message: toMessage(said),
        logprobs: said.logprobs.length === 0 ? null : { content: said.logprobs, refusal: null },
        finish_reason: finishReason,
      },
    ],
    ...(usage !== null && { usage }),
    ...(typeof response.service_tier === 'string' && { service_tier: response.service_tier }),
  };
  const hasUntranslated = !isTranslated(response.output);
  return { body, ...(readResponsesUsage(response) ?? noUsage), ...(hasUntranslated && { hasUntranslated }) };
}

const translatedItems: readonly unknown[] = ['reasoning', 'function_call', 'custom_tool_call'];

/** True if a chat completion says all that these items say: one message, without notes on it. */
function isTranslated(output: unknown): boolean {
  const items = Array.isArray(output) ? output.filter(isRecord) : [];
  const messages = items.filter(({ type }) => type === 'message');
  const hasNotes = messages.some(
    ({ content }) =>
      Array.isArray(content) &&
      content.some((part) => isRecord(part) && Array.isArray(part.annotations) && part.annotations.length > 0),
  );
  return (
    messages.length <= 1 && !hasNotes && items.every(({ type }) => type === 'message' || translatedItems.includes(type))
  );
}

function toMessage({ texts, refusal, calls, details }: Said): Fields {
  const reasoning = details.map(({ summary, text }) => summary ?? text ?? '').filter((text) => text !== '');
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.join(messageSeparator),
    refusal: refusal === '' ? null : refusal,
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join('\n\n') }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function collectItems(output: unknown): Said {
  const said: Said = { texts: [], refusal: '', logprobs: [], calls: [], details: [] };
  for (const [index, item] of (Array.isArray(output) ? output : []).entries()) {
    if (!isRecord(item)) continue;
    if (item.type === 'message') addMessage(said, item);
    else if (item.type === 'reasoning') said.details.push(...toReasoningDetails(item, index));
    else {
      const call = toCall(item);
      if (call !== null) said.calls.push(call);
    }
  }
  return said;
}

function addMessage(said: Said, { content }: Fields): void {
  let text = '';
  for (const part of Array.isArray(content) ? content.filter(isRecord) : []) {
    if (typeof part.refusal === 'string') said.refusal += part.refusal;
    if (typeof part.text !== 'string') continue;
    text += part.text;
    if (Array.isArray(part.logprobs)) said.logprobs.push(...part.logprobs);
  }
  if (text !== '') said.texts.push(text);
}

/** Null for an item that is no call of the client's tools. */
function toCall({ type, call_id: id, name, arguments: text, input }: Fields): Fields | null {
  if (type === 'function_call') return { id, type: 'function', function: { name, arguments: text } };
  return type === 'custom_tool_call' ? { id, type: 'custom', custom: { name, input } } : null;
}
