import type { ErrorCode } from '@aggregator/contracts';
import type { ProviderError } from '../provider-adapter.ts';
import { redact } from '../redact.ts';

const textCharactersMax = 500;
const paramCharactersMax = 200;

export interface Verdict {
  code: ErrorCode;
  isRetryable: boolean;
  mayFailOver: boolean;
  /** The caller gets the provider's own words, since they explain the caller's own mistake. */
  isExplained: boolean;
}

const verdict = (
  code: ErrorCode,
  again: 'again' | 'no',
  next: 'next' | 'no',
  explained: 'explained' | 'no' = 'no',
): Verdict => ({
  code,
  isRetryable: again === 'again',
  mayFailOver: next === 'next',
  isExplained: explained === 'explained',
});

/** How providers name an account that cannot pay; beside `upstream_misconfigured` it is ours. */
const outOfMoney = /quota|billing|credit|payment|balance|account_deactivated/i;

/** Meanings of a failure, in every dialect. */
export const verdicts = {
  policy: verdict('content_policy_violation', 'no', 'no', 'explained'),
  context: verdict('context_length_exceeded', 'no', 'next', 'explained'),
  rejected: verdict('upstream_rejected', 'no', 'no', 'explained'),
  tooLarge: verdict('request_too_large', 'no', 'no', 'explained'),
  unknownModel: verdict('model_not_found', 'no', 'next'),
  ourSetUp: verdict('upstream_misconfigured', 'no', 'next'),
  rateLimited: verdict('rate_limit_exceeded', 'again', 'next'),
  tooLargeForRate: verdict('rate_limit_exceeded', 'no', 'next'),
  notUnderstood: verdict('upstream_invalid_response', 'no', 'next'),
  failed: verdict('upstream_error', 'again', 'next'),
};

export interface ReportedFailure {
  status: number;
  /** The provider's name of the failure. */
  name: string | number | null | undefined;
  message: string | null | undefined;
  param: string | null | undefined;
  retryAfterMs: number | null;
  /** The body as it came, for our logs where there is no message. */
  body: string;
}

/** A verdict with what the provider said, without what looks like a key, an account or an address. */
export function toProviderError(
  { code, isRetryable, mayFailOver, isExplained }: Verdict,
  { status, name, message, param, retryAfterMs, body }: ReportedFailure,
): ProviderError {
  return {
    code,
    isRetryable,
    mayFailOver,
    retryAfterMs,
    ...(code === 'upstream_misconfigured' &&
      (status === 401 || outOfMoney.test(String(name))) && { isKeyAtFault: true }),
    internal: redact(`${status} ${name ?? '-'} ${message || body}`, textCharactersMax),
    publicMessage: isExplained && message ? redact(message, textCharactersMax) : null,
    param: isExplained && param ? redact(param, paramCharactersMax) : null,
  };
}

/** A success that is none: asked again it may be one. */
export function notUnderstood(internal: string): ProviderError {
  return {
    code: 'upstream_invalid_response',
    isRetryable: true,
    mayFailOver: true,
    retryAfterMs: null,
    internal,
    publicMessage: null,
    param: null,
  };
}
