import { mockScriptHeader, mockScriptOption } from '@aggregator/contracts';
import { openAiChatFields } from '../openai/capabilities.ts';
import { createOpenAiDialect } from '../openai/dialect.ts';
import type { ProviderAdapter } from '../provider-adapter.ts';
import { mockFacts } from './facts.ts';
import { mockUsageRecord } from './usage-record.ts';

/** The type of the built-in provider. */
export const mockType = 'Mock';

/**
 * The built-in mock provider: OpenAI's dialect without thinking, and its own record of what each attempt used. What it is to
 * do wrong is the option `script`, sent with each request.
 */
export const mockAdapter: ProviderAdapter = {
  ...createOpenAiDialect(
    mockType,
    mockFacts,
    { ...openAiChatFields, reasoning: 'dropped', reasoning_effort: 'dropped' },
    {
      headers: ({ options: { [mockScriptOption]: script }, attemptId }): Record<string, string> => ({
        'x-request-id': attemptId,
        ...(script && { [mockScriptHeader]: script }),
      }),
    },
  ),
  // Its record is exact after an abort.
  disconnect: 'abort',
  usageRecord: mockUsageRecord,
};
