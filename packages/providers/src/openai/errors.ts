import type { ErrorCode } from '@aggregator/contracts';
import { isRecord, parseRecord } from '../json-record.ts';
import type { ProviderError } from '../provider-adapter.ts';
import { redact } from '../redact.ts';
import { type OpenAiErrorWire, openAiErrorWire } from './wire.ts';

/** Source: https://platform.openai.com/docs/guides/error-codes (read 2026-11); dialects of compatible servers beside it. */
const policyCodes: ReadonlySet<string> = new Set([
  'content_policy_violation',
  'content_policy',
  'content_filter',
  'moderation_blocked',
  'invalid_prompt',
]);
const contextCodes: ReadonlySet<string> = new Set(['context_length_exceeded', 'context_window_exceeded']);
const contextMessage = /maximum context length|context window|context length|prompt is too long/i;
/** Our account at the provider, not the caller's quota with us. */
const quotaCodes: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'account_deactivated',
]);
/** What a code or type says of an error that came without a status: in a stream, or in the body of a success. */
const statusByName: ReadonlyMap<string, number> = new Map(
  Object.entries({
    invalid_request_error: 400,
    authentication_error: 401,
    invalid_api_key: 401,
    insufficient_quota: 429,
    permission_error: 403,
    not_found_error: 404,
    rate_limit_exceeded: 429,
    rate_limit_error: 429,
    requests: 429,
    tokens: 429,
    overloaded_error: 529,
  }),
);
const textCharactersMax = 500;
const paramCharactersMax = 200;
const retryAfterMsMax = 86_400_000;

interface Verdict {
  code: ErrorCode;
  isRetryable: boolean;
  mayFailOver: boolean;
  /** The caller is told the provider's own words, since they explain the caller's own mistake. */
  isExplained: boolean;
}

const verdict = (code: ErrorCode, again: 'again' | 'no', next: 'next' | 'no', told: 'told' | 'no' = 'no'): Verdict => ({
  code,
  isRetryable: again === 'again',
  mayFailOver: next === 'next',
  isExplained: told === 'told',
});

const verdicts = {
  policy: verdict('content_policy_violation', 'no', 'no', 'told'),
  context: verdict('context_length_exceeded', 'no', 'next', 'told'),
  rejected: verdict('upstream_rejected', 'no', 'no', 'told'),
  tooLarge: verdict('request_too_large', 'no', 'no', 'told'),
  ourSetUp: verdict('upstream_misconfigured', 'no', 'next'),
  rateLimited: verdict('rate_limit_exceeded', 'again', 'next'),
  tooLargeForRate: verdict('rate_limit_exceeded', 'no', 'next'),
  notUnderstood: verdict('upstream_invalid_response', 'no', 'next'),
  failed: verdict('upstream_error', 'again', 'next'),
};

/** The judgement of an answer that is not a success. */
export function classifyOpenAiError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): ProviderError {
  const record = parseRecord(body);
  const error = record === null ? null : (readError(record) ?? readLooseError(record));
  return toProviderError(status, error, judge(status, error), readRetryAfterMs(headers), body);
}

/** The judgement of a body or an event that came as a success but is an error; null if it is none. */
export function classifyOpenAiErrorBody(record: Readonly<Record<string, unknown>>): ProviderError | null {
  const error = readError(record);
  if (error === null) return null;
  const status = statusOf(error);
  return toProviderError(status, error, judge(status, error), null, '');
}

function judge(status: number, error: OpenAiErrorWire | null): Verdict {
  const code = typeof error?.code === 'string' ? error.code : (error?.type ?? '');
  const message = error?.message ?? '';
  if (status < 500) {
    if (policyCodes.has(code)) return verdicts.policy;
    if (contextCodes.has(code)) return verdicts.context;
    if (status === 400 && contextMessage.test(message)) return verdicts.context;
    if (quotaCodes.has(code) || quotaCodes.has(error?.type ?? '')) return verdicts.ourSetUp;
    if (code === 'model_not_found') return verdicts.ourSetUp;
  }
  switch (status) {
    case 400:
    case 422:
      return error === null ? verdicts.notUnderstood : verdicts.rejected;
    case 404:
      // A parameter that names something absent is the caller's; an unknown model or address is our set-up.
      return error?.param && error.param !== 'model' ? verdicts.rejected : verdicts.ourSetUp;
    case 413:
      return verdicts.tooLarge;
    case 429:
      return /^request too large/i.test(message) ? verdicts.tooLargeForRate : verdicts.rateLimited;
    case 408:
    case 409:
    case 425:
      return verdicts.failed;
    default:
      if (status >= 500) return verdicts.failed;
      return status >= 300 ? verdicts.ourSetUp : verdicts.notUnderstood;
  }
}

function toProviderError(
  status: number,
  error: OpenAiErrorWire | null,
  { code, isRetryable, mayFailOver, isExplained }: Verdict,
  retryAfterMs: number | null,
  body: string,
): ProviderError {
  const message = error?.message ?? '';
  const name = error?.code ?? error?.type ?? '-';
  return {
    code,
    isRetryable,
    mayFailOver,
    retryAfterMs,
    internal: redact(`${status} ${name} ${message === '' ? body : message}`, textCharactersMax),
    publicMessage: isExplained && message !== '' ? redact(message, textCharactersMax) : null,
    param: isExplained && error?.param ? redact(error.param, paramCharactersMax) : null,
  };
}

/** `{"error": {…}}`, `{"error": "…"}` or `{"object": "error", …}`. */
function readError(record: Readonly<Record<string, unknown>>): OpenAiErrorWire | null {
  if (isRecord(record.error)) return openAiErrorWire.parse(record.error);
  if (typeof record.error === 'string' && record.error !== '') return openAiErrorWire.parse({ message: record.error });
  return record.object === 'error' ? openAiErrorWire.parse(record) : null;
}

/** `{"message": "…"}` or `{"detail": "…"}`, which mean an error only beside a status that says so. */
function readLooseError(record: Readonly<Record<string, unknown>>): OpenAiErrorWire | null {
  if (typeof record.message === 'string') return openAiErrorWire.parse(record);
  if (record.detail === undefined) return null;
  const message = typeof record.detail === 'string' ? record.detail : JSON.stringify(record.detail);
  return openAiErrorWire.parse({ ...record, message });
}

function statusOf(error: OpenAiErrorWire): number {
  for (const candidate of [error.status, error.code]) {
    const status = Number(candidate);
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status;
  }
  return statusByName.get(String(error.code)) ?? statusByName.get(error.type ?? '') ?? 502;
}

/** Seconds or milliseconds only: a date would need a clock, and no provider of this dialect sends one. */
function readRetryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const waitMs = readDecimal(headers['retry-after-ms']) ?? multiply(readDecimal(headers['retry-after']), 1000);
  return waitMs === null ? null : Math.min(Math.ceil(waitMs), retryAfterMsMax);
}

function readDecimal(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : null;
}

function multiply(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
