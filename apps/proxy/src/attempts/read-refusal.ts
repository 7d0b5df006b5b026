import { AppError } from '@aggregator/contracts';
import { type ProviderAdapter, ProviderFailure } from '@aggregator/providers';
import { type CollectedAnswer, flattenHeaders, isSuccessStatus } from '../upstream/collect-answer.ts';

/** What an answer means that should have been a stream: an error, or, with a success's status, nothing that we asked for. */
export function readRefusal(adapter: ProviderAdapter, { status, headers, body }: CollectedAnswer): AppError {
  if (!isSuccessStatus(status)) {
    return new ProviderFailure(adapter.classifyError(status, flattenHeaders(headers), body), status);
  }
  try {
    adapter.chat.fromResponse(body);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  return new AppError('upstream_invalid_response', { internal: 'a plain answer instead of a stream' });
}
