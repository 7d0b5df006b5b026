import { isRecord, parseRecord } from '@aggregator/contracts';
import { isContextText } from '../errors/context-text.ts';
import { judgeNotFound } from '../errors/judge-not-found.ts';
import { readRetryAfterMs } from '../errors/retry-after.ts';
import { toProviderError, type Verdict, verdicts } from '../errors/verdicts.ts';
import type { ProviderError } from '../provider-adapter.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The model thought past Cohere's own limit: the same again would, too. */
const timedOut: Verdict = { code: 'upstream_timeout', isRetryable: false, mayFailOver: true, isExplained: false };

/** Our account at the provider: a trial key's allowance of a month. */
const accountMessage = /\/ month|per month|monthly|billing/i;

/**
 * The judgement of an answer that is not a success: `{"id": …, "message": …}`. 498 says that the request or the answer held a
 * deny-listed token; 499 that the request was cancelled on the way; 402 that our account is at its limit.
 * Source: https://docs.cohere.com/reference/errors (read 2026-11).
 */
export function classifyCohereError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): ProviderError {
  const record = parseRecord(body);
  const message = record === null ? null : readMessage(record);
  return toJudgedError(judge(status, message), status, message, readRetryAfterMs(headers, status), body);
}

/**
 * The judgement of a body or an event that came as a success but is an error; null if it is none. Cohere reports one as
 * a finish reason, `ERROR` or `TIMEOUT`, with its message beside it; where a success has its `message`, an error has a
 * text.
 */
export function classifyCohereErrorBody(record: JsonObject): ProviderError | null {
  const end = isRecord(record.delta) ? record.delta : record;
  const message = readMessage(record) ?? (typeof end.error === 'string' ? end.error : null);
  if (end.finish_reason === 'TIMEOUT') return toJudgedError(timedOut, 504, message, null, '');
  if (end.finish_reason === 'ERROR') return toJudgedError(verdicts.failed, 502, message, null, '');
  if (message === null) return null;
  const status = isContextText(message) ? 400 : 502;
  return toJudgedError(judge(status, message), status, message, null, '');
}

function judge(status: number, message: string | null): Verdict {
  switch (status) {
    case 400:
    case 422:
      if (message === null) return verdicts.notUnderstood;
      return isContextText(message) ? verdicts.context : verdicts.rejected;
    case 404:
      return judgeNotFound(message);
    case 413:
      return isContextText(message ?? '') ? verdicts.context : verdicts.tooLarge;
    case 429:
      return accountMessage.test(message ?? '') ? verdicts.ourSetUp : verdicts.rateLimited;
    case 498:
      return verdicts.policy;
    case 408:
    case 409:
    case 425:
    case 499:
      return verdicts.failed;
    case 501:
      return verdicts.ourSetUp;
    default:
      if (status >= 500) return verdicts.failed;
      return status >= 300 ? verdicts.ourSetUp : verdicts.notUnderstood;
  }
}

function toJudgedError(
  verdict: Verdict,
  status: number,
  message: string | null,
  retryAfterMs: number | null,
  body: string,
): ProviderError {
  // A message names fields as Cohere does, which the caller has never written.
  return toProviderError(verdict, { status, name: null, message, param: null, retryAfterMs, body });
}

/** `{"message": "…"}`, and `{"error": {"message": "…"}}` of the server before it. */
function readMessage(record: JsonObject): string | null {
  if (typeof record.message === 'string') return record.message;
  if (isRecord(record.error) && typeof record.error.message === 'string') return record.error.message;
  return null;
}
