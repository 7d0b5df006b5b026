import { type ChatMessage, isRecord } from '@aggregator/contracts';
import type { Profile } from './profiles/profile.ts';

/**
 * Returns a message with its thoughts under the name that the server reads. Clients of chat completions return the field that they
 * were given, clients of the other surfaces return details. Details of a vendor's own format are for that vendor alone: a strict
 * server would reject a request for them.
 */
export function withThoughts(message: ChatMessage, field: Profile['reasoningField']): ChatMessage {
  const { reasoning_content: content, reasoning, reasoning_details: details, ...rest } = message;
  if (content === undefined && reasoning === undefined && details === undefined) return message;
  if (field === 'reasoning_details') return details === undefined ? rest : { ...rest, reasoning_details: details };
  const text = textOf(content) || textOf(reasoning) || joinDetails(details, field);
  if (text === '' || field === 'none') return rest;
  if (field === 'both') return { ...rest, reasoning_content: text, reasoning: text };
  return { ...rest, [field]: text };
}

/** A server of which nothing is known gets no text that its client has dropped: a strict one would reject the request. */
function joinDetails(details: unknown, field: Profile['reasoningField']): string {
  if (!Array.isArray(details)) return '';
  return details
    .filter(isRecord)
    .filter(({ format }) => format === undefined || format === null || (format === 'unknown' && field !== 'both'))
    .map(({ text, summary }) => textOf(text) || textOf(summary))
    .join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
