import { isRecord } from '@aggregator/contracts';
import type { ProviderError } from '../../provider-adapter.ts';
import { classifyOpenAiErrorBody } from '../errors.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Why an incomplete response ended, as chat completions call it. */
const finishReasons: ReadonlyMap<unknown, string> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
]);

/**
 * Returns the finish reason of a response that has ended; null if it has not.
 * Source: https://platform.openai.com/docs/api-reference/responses/object (read 2026-11).
 */
export function toFinishReason({ status, incomplete_details: details }: Fields, hasCalls: boolean): string | null {
  if (status === 'completed') return hasCalls ? 'tool_calls' : 'stop';
  if (status !== 'incomplete') return null;
  return finishReasons.get(isRecord(details) ? details.reason : undefined) ?? 'stop';
}

/**
 * Returns the judgement of a response that failed or was cancelled, or of an event that reports one; null if it is
 * neither.
 */
export function classifyResponsesError(record: Fields): ProviderError | null {
  if (record.type === 'error')
    return classifyOpenAiErrorBody({ error: isRecord(record.error) ? record.error : record });
  const { status, error } = isRecord(record.response) ? record.response : record;
  if (status !== 'failed' && status !== 'cancelled') return null;
  return classifyOpenAiErrorBody({ error: isRecord(error) ? error : { message: `The response is ${status}.` } });
}
