import type { Usage } from '@aggregator/contracts';
import { isRecord } from '../../json-record.ts';
import type { UsageReading } from '../../usage/usage-reading.ts';
import { readOpenAiChatUsage } from '../usage.ts';

/**
 * Returns usage of the Responses API under the names of chat completions, so that one code judges both; null if there is
 * none. The parts are inside their wholes, as there.
 * Source: https://platform.openai.com/docs/api-reference/responses/object (read 2026-11, as typed by the `openai` package 7.55).
 */
export function toChatUsage(usage: unknown): Record<string, unknown> | null {
  if (!isRecord(usage)) return null;
  return {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: usage.total_tokens,
    ...(isRecord(usage.input_tokens_details) && { prompt_tokens_details: usage.input_tokens_details }),
    ...(isRecord(usage.output_tokens_details) && { completion_tokens_details: usage.output_tokens_details }),
  };
}

/**
 * Reads the usage of a response as disjoint counters, with its searches (`toolCalls`), which no figure of the usage has. Null if
 * there is no usage.
 * @param searches Searches that were reported while the response was made; those in its output count if they are more.
 */
export function readResponsesUsage(response: Readonly<Record<string, unknown>>, searches = 0): UsageReading | null {
  const reading = readOpenAiChatUsage(toChatUsage(response.usage));
  const items = Array.isArray(response.output) ? response.output.filter(isSearch) : [];
  const calls = Math.max(searches, items.length);
  if (reading === null || calls === 0) return reading;
  const withCalls = (usage: Usage): Usage => ({ ...usage, toolCalls: calls });
  return {
    usage: withCalls(reading.usage),
    reportedUsage: reading.reportedUsage === null ? null : withCalls(reading.reportedUsage),
  };
}

/**
 * True if an item is a search of the web that is charged. To open a page that was found, or to look for words in it, is not.
 * Source: https://developers.openai.com/api/docs/guides/tools-web-search (read 2026-11).
 */
export function isSearch(item: unknown): boolean {
  if (!isRecord(item) || item.type !== 'web_search_call') return false;
  const action = isRecord(item.action) ? (item.action.type ?? 'search') : 'search';
  return action === 'search';
}
