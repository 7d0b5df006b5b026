import { isRecord } from '../../json-record.ts';

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
