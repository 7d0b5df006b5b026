import { AppError } from '@aggregator/contracts';
import type { ChatStreamTranslator } from '@aggregator/providers';
import type { Charge } from '../money/charge.ts';
import { showUsage } from './show-usage.ts';

/** The chunk that ends an answer with usage has no choices. */
export function withChargedUsage(last: Record<string, unknown>, charge: Charge): Record<string, unknown> {
  const isUsageChunk = Array.isArray(last.choices) && last.choices.length === 0;
  return isUsageChunk ? { ...last, usage: showUsage(last.usage, charge, 'chat.completions') } : last;
}

/** The failure of a stream that is over before its answer is. */
export function toIncompleteError({ hasLife, malformedEvents }: ChatStreamTranslator): AppError {
  if (malformedEvents > 0 || !hasLife) {
    return new AppError('upstream_invalid_response', { internal: `${malformedEvents} broken events, no end` });
  }
  return new AppError('upstream_stream_cut', { internal: 'the body ended before the answer did' });
}
