import { isRecord, type Usage } from '@aggregator/contracts';
import type { UsageReading } from '../../usage/usage-reading.ts';
import { readOpenAiChatUsage } from '../usage.ts';
import { ToolTally } from './tool-tally.ts';

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
 * Reads the usage of a response as disjoint counters, with what OpenAI's own tools used. Null if there is no usage.
 * @param seen Items that came while the response was made; those in its output count if they are more.
 */
export function readResponsesUsage(
  response: Readonly<Record<string, unknown>>,
  seen: ToolTally = new ToolTally(),
): UsageReading | null {
  const reading = readOpenAiChatUsage(toChatUsage(response.usage));
  const units = seen.unitsOf(response);
  if (reading === null || Object.keys(units).length === 0) return reading;
  const withUnits = (usage: Usage): Usage => ({ ...usage, ...units });
  return {
    usage: withUnits(reading.usage),
    reportedUsage: reading.reportedUsage === null ? null : withUnits(reading.reportedUsage),
  };
}
