import { type ProviderAdapter, ProviderFailure } from '@aggregator/providers';
import { type CollectedAnswer, flattenHeaders } from '../upstream/collect-answer.ts';

/** Returns the failure that an answer means which is no success. */
export function readRefusal(
  adapter: Pick<ProviderAdapter, 'classifyError'>,
  { status, headers, body, isHung }: CollectedAnswer,
): ProviderFailure {
  const judgement = adapter.classifyError(status, flattenHeaders(headers), body);
  return new ProviderFailure(isHung ? { ...judgement, isHung } : judgement, status);
}
