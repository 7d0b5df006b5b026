import { AppError } from '@aggregator/contracts';
import { type ProviderAdapter, ProviderFailure } from '@aggregator/providers';
import { type CollectedAnswer, flattenHeaders, isSuccessStatus } from '../upstream/collect-answer.ts';

/** Returns the failure that an answer means which is no success. */
export function readRefusal(
  adapter: Pick<ProviderAdapter, 'classifyError'>,
  { status, headers, body, isHung }: CollectedAnswer,
): ProviderFailure {
  const judgement = adapter.classifyError(status, flattenHeaders(headers), body);
  return new ProviderFailure(isHung ? { ...judgement, isHung } : judgement, status);
}

/** Returns the failure that an answer means which should have been a stream: an error, or nothing that was asked for. */
export function readNoStream(adapter: ProviderAdapter, answer: CollectedAnswer): AppError {
  if (!isSuccessStatus(answer.status)) return readRefusal(adapter, answer);
  try {
    adapter.chat.fromResponse(answer.body);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  return new AppError('upstream_invalid_response', { internal: 'a plain answer instead of a stream' });
}
