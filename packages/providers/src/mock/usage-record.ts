import { parseRecord } from '@aggregator/contracts';
import { openAiHeaders } from '../openai/endpoint.ts';
import { fromOpenAiChatUsage } from '../openai/usage.ts';
import type { ProviderTarget, UsageRecordAnswer, UsageRecordLookup } from '../provider-adapter.ts';
import { mockUsageErrorWire, mockUsageRecordWire, usageRecordAbsentCode } from './wire.ts';

export const mockUsageRecord: UsageRecordLookup = {
  endpoint: (target: ProviderTarget) => ({
    method: 'GET',
    url: `${target.baseUrl}/usage/${encodeURIComponent(target.attemptId)}`,
    headers: openAiHeaders(target),
  }),

  /** What is neither a record nor proof of absence leaves the question open. */
  parse(status: number, body: string): UsageRecordAnswer {
    const answer = parseRecord(body);
    if (status === 200) {
      const record = mockUsageRecordWire.safeParse(answer);
      const usage = record.success ? fromOpenAiChatUsage(record.data.usage) : null;
      return usage === null ? { result: 'unsettled' } : { result: 'found', usage };
    }
    const refusal = mockUsageErrorWire.safeParse(answer);
    const isAbsent = status === 404 && refusal.success && refusal.data.error.code === usageRecordAbsentCode;
    return isAbsent ? { result: 'absent' } : { result: 'unsettled' };
  },
};
