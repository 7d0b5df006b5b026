import { isRecord, type Usage } from '@aggregator/contracts';
import type { UsageReading } from '../usage/usage-reading.ts';
import { anthropicUsageWire } from './wire.ts';

/**
 * Anthropic's usage as disjoint counters. `input_tokens` is what was neither read from a cache nor written to one, so the
 * three are separate sums; thinking is inside `output_tokens`. If the split of the writes by their life is not
 * reported, or does not add up, what is not known to live an hour counts as five minutes, which costs less. A part that
 * is 0 is left out, so that a model which never uses it needs no rate for it.
 *
 * Null where the numbers are absent or no counts: unknown, not zero.
 * @param container The container in which code ran; null or absent if none did.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching (read 2026-11).
 */
export function readAnthropicUsage(value: unknown, container?: unknown): UsageReading | null {
  const parsed = anthropicUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const { input_tokens: input, output_tokens: output, cache_creation: split } = parsed.data;
  if (typeof input !== 'number' || typeof output !== 'number') return null;

  const cacheRead = parsed.data.cache_read_input_tokens ?? 0;
  const hourWrites = split?.ephemeral_1h_input_tokens ?? 0;
  const cacheWrite = parsed.data.cache_creation_input_tokens ?? hourWrites + (split?.ephemeral_5m_input_tokens ?? 0);
  const cacheWrite1h = Math.min(hourWrites, cacheWrite);
  const thinking = parsed.data.output_tokens_details?.thinking_tokens ?? 0;
  const reasoning = Math.min(thinking, output);
  const searches = parsed.data.server_tool_use?.web_search_requests ?? 0;
  const usage: Usage = {
    inputUncached: input,
    ...(cacheRead > 0 && { cacheRead }),
    ...(cacheWrite > cacheWrite1h && { cacheWrite5m: cacheWrite - cacheWrite1h }),
    ...(cacheWrite1h > 0 && { cacheWrite1h }),
    outputText: output - reasoning,
    ...(reasoning > 0 && { outputReasoning: reasoning }),
    ...(searches > 0 && { toolCalls: searches }),
    ...(isRecord(container) && { containers: 1 }),
  };
  const isConsistent = thinking <= output && hourWrites <= cacheWrite;
  const reported = { ...usage, outputReasoning: thinking, ...(hourWrites > 0 && { cacheWrite1h: hourWrites }) };
  return { usage, reportedUsage: isConsistent ? null : reported };
}
