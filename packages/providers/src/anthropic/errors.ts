import { isRecord, parseRecord } from '@aggregator/contracts';
import { isContextText } from '../errors/context-text.ts';
import { judgeNotFound } from '../errors/judge-not-found.ts';
import { readRetryAfterMs } from '../errors/retry-after.ts';
import { toProviderError, type Verdict, verdicts } from '../errors/verdicts.ts';
import type { ProviderError } from '../provider-adapter.ts';
import { type AnthropicErrorWire, anthropicErrorWire } from './wire.ts';

/**
 * What a type says of an error that came without a status: in a stream, or in the body of a success.
 * Source: https://platform.claude.com/docs/en/api/errors (read 2026-11).
 */
const statusByType: ReadonlyMap<string, number> = new Map(
  Object.entries({
    invalid_request_error: 400,
    authentication_error: 401,
    billing_error: 402,
    permission_error: 403,
    not_found_error: 404,
    conflict_error: 409,
    request_too_large: 413,
    rate_limit_error: 429,
    api_error: 500,
    timeout_error: 504,
    overloaded_error: 529,
  }),
);
/** There is no code for it: only the message differs from other invalid requests. */
const policyMessage = /content filter/i;
/** Our account at the provider: its balance and its limits, reported as an invalid request. */
const accountMessage = /credit balance|usage limits?\b|organization has been disabled|anthropic-version|spend limit/i;
/** Our account again, by code: held, its keys out of reach, its client too old, its contract spent. */
const accountCodes =
  /^(?:organization_|cmek_|claude_code_|contract_spend_limit|enforced_spend_limit|linked_organization_|user_profile_|sandbox_)/;

/** The judgement of an answer that is not a success. */
export function classifyAnthropicError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): ProviderError {
  const record = parseRecord(body);
  return toJudgedError(status, record === null ? null : readError(record), readRetryAfterMs(headers, status), body);
}

/** The judgement of a body or an event that came as a success but is an error; null if it is none. */
export function classifyAnthropicErrorBody(record: Readonly<Record<string, unknown>>): ProviderError | null {
  const error = readError(record);
  return error === null ? null : toJudgedError(statusByType.get(error.type ?? '') ?? 502, error, null, '');
}

function judge(status: number, error: AnthropicErrorWire | null): Verdict {
  const message = error?.message ?? '';
  if (status < 500) {
    if (error?.type === 'billing_error' || accountCodes.test(error?.details?.error_code ?? ''))
      return verdicts.ourSetUp;
  }
  switch (status) {
    case 400:
    case 422:
      if (error === null) return verdicts.notUnderstood;
      if (isContextText(message)) return verdicts.context;
      if (policyMessage.test(message)) return verdicts.policy;
      return accountMessage.test(message) ? verdicts.ourSetUp : verdicts.rejected;
    case 404:
      return judgeNotFound(message);
    case 408:
    case 409:
      return verdicts.failed;
    case 413:
      return isContextText(message) ? verdicts.context : verdicts.tooLarge;
    case 429:
      return verdicts.rateLimited;
    default:
      if (status >= 500) return verdicts.failed;
      return status >= 300 ? verdicts.ourSetUp : verdicts.notUnderstood;
  }
}

function toJudgedError(
  status: number,
  error: AnthropicErrorWire | null,
  retryAfterMs: number | null,
  body: string,
): ProviderError {
  const name = error?.details?.error_code ?? error?.type;
  // A message may begin with a field, but with Anthropic's name of it, which the caller has never written.
  const details = { status, name, message: error?.message, param: null, retryAfterMs, body };
  return toProviderError(judge(status, error), details);
}

/** `{"type": "error", "error": {"type": …, "message": …}}` */
function readError(record: Readonly<Record<string, unknown>>): AnthropicErrorWire | null {
  if (isRecord(record.error)) return anthropicErrorWire.parse(record.error);
  return record.type === 'error' ? anthropicErrorWire.parse({}) : null;
}
