import { isRecord, parseRecord } from '@aggregator/contracts';
import { isContextText } from '../errors/context-text.ts';
import { judgeNotFound } from '../errors/judge-not-found.ts';
import { readRetryAfterMs } from '../errors/retry-after.ts';
import { toProviderError, type Verdict, verdicts } from '../errors/verdicts.ts';
import type { ProviderError } from '../provider-adapter.ts';
import { type OpenAiErrorWire, openAiErrorWire } from './wire.ts';

/** Source: https://platform.openai.com/docs/guides/error-codes (read 2026-11); dialects of compatible servers beside it. */
const policyCodes: ReadonlySet<string> = new Set([
  'content_policy_violation',
  'content_policy',
  'content_filter',
  'moderation_blocked',
  'invalid_prompt',
  'bio_policy',
  'image_content_policy_violation',
  'misalignment_policy_violation',
]);
const contextNames: ReadonlySet<string> = new Set([
  'context_length_exceeded',
  'context_window_exceeded',
  // llama.cpp's type: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-common.cpp (read 2026-11).
  'exceed_context_size_error',
]);
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
    server_error: 500,
    vector_store_timeout: 504,
    data_residency_mismatch: 403,
  }),
);
/** The client's picture is at fault. Source: https://platform.openai.com/docs/api-reference/responses/object (read 2026-11). */
const pictureCode = /^(?:image_|invalid_(?:base64_)?image|unsupported_image|empty_image|failed_to_download_image)/;

type JsonObject = Readonly<Record<string, unknown>>;

/** A provider's error object in OpenAI's words; for servers of the dialect that use others. */
export type ErrorChange = (error: JsonObject) => JsonObject;

const unchanged: ErrorChange = (error) => error;

/** How one server differs in what it says of a failure. */
export interface ErrorDialect {
  readonly toOpenAiError?: ErrorChange;
  /** Texts, codes or types of a prompt that is too long, in lower case. */
  readonly contextErrors?: readonly string[];
  /** Texts, codes or types of a wrong request under a status of 500 or more, in lower case. */
  readonly clientErrors?: readonly string[];
}

const openAiItself: ErrorDialect = {};

/** The judgement of an answer that is not a success. */
export function classifyOpenAiError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  dialect: ErrorDialect = openAiItself,
): ProviderError {
  const { toOpenAiError: change = unchanged } = dialect;
  const record = parseRecord(body);
  const error = record === null ? null : (readError(record, change) ?? readLooseError(change(record)));
  return toJudgedError(status, error, readRetryAfterMs(headers, status), body, dialect);
}

/**
 * The judgement of a body or an event that came as a success but is an error; null if it is none. A choice can be one, too:
 * where the model broke off, aggregators put the error beside what there is of the message, under the finish reason `error`.
 */
export function classifyOpenAiErrorBody(
  record: JsonObject,
  dialect: ErrorDialect = openAiItself,
): ProviderError | null {
  const { toOpenAiError: change = unchanged } = dialect;
  const error = readError(record, change) ?? readChoiceError(record.choices, change);
  if (error === null) return null;
  const status = statusOf(error);
  return toJudgedError(status, error, null, '', dialect);
}

/** Statuses that say nothing of the request itself: with any text, the prompt is not too long. */
const otherStatuses: ReadonlySet<number> = new Set([401, 402, 403, 404, 429]);

/** A status of 500 counts less than its text only for a server whose texts are known (`ErrorDialect`). */
function isContext(status: number, error: OpenAiErrorWire, { contextErrors }: ErrorDialect): boolean {
  const isKnown = contextErrors !== undefined;
  if (status >= 500 && !isKnown) return false;
  if (contextNames.has(String(error.code)) || contextNames.has(error.type ?? '')) return true;
  if (otherStatuses.has(status)) return false;
  return isContextText(error.message ?? '') || saysOneOf(error, contextErrors);
}

function saysOneOf({ code, type, message }: OpenAiErrorWire, phrases: readonly string[] = []): boolean {
  if (phrases.length === 0) return false;
  const said = `${code ?? ''} ${type ?? ''} ${message ?? ''}`.toLowerCase();
  return phrases.some((phrase) => said.includes(phrase));
}

/** The key is at fault under any code: a model that its project may not use is not unknown. */
const keyStatuses: ReadonlySet<number> = new Set([401, 403]);

function judge(status: number, error: OpenAiErrorWire | null, dialect: ErrorDialect): Verdict {
  if (error !== null && isContext(status, error, dialect)) return verdicts.context;
  if (error !== null && status >= 500 && saysOneOf(error, dialect.clientErrors)) return verdicts.rejected;
  const code = typeof error?.code === 'string' ? error.code : (error?.type ?? '');
  const message = error?.message ?? '';
  if (status < 500) {
    if (policyCodes.has(code)) return verdicts.policy;
    if (quotaCodes.has(code) || quotaCodes.has(error?.type ?? '')) return verdicts.ourSetUp;
    if (code === 'model_not_found' && !keyStatuses.has(status)) return verdicts.unknownModel;
  }
  switch (status) {
    case 400:
    case 422:
      return error === null ? verdicts.notUnderstood : verdicts.rejected;
    case 404:
      // A parameter that names something absent is the caller's.
      return error?.param && error.param !== 'model' ? verdicts.rejected : judgeNotFound(message);
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

function toJudgedError(
  status: number,
  error: OpenAiErrorWire | null,
  retryAfterMs: number | null,
  body: string,
  dialect: ErrorDialect,
): ProviderError {
  const { message, param } = error ?? {};
  const name = error?.code ?? error?.type;
  return toProviderError(judge(status, error, dialect), { status, name, message, param, retryAfterMs, body });
}

/** `{"error": {…}}`, `{"error": "…"}` or `{"object": "error", …}`. */
function readError(record: JsonObject, change: ErrorChange): OpenAiErrorWire | null {
  if (isRecord(record.error)) return openAiErrorWire.parse(change(record.error));
  if (typeof record.error === 'string' && record.error !== '') return openAiErrorWire.parse({ message: record.error });
  return record.object === 'error' ? openAiErrorWire.parse(change(record)) : null;
}

function readChoiceError(choices: unknown, change: ErrorChange): OpenAiErrorWire | null {
  if (!Array.isArray(choices)) return null;
  for (const choice of choices) {
    if (!isRecord(choice)) continue;
    const error = readError({ error: choice.error }, change);
    if (error !== null || choice.finish_reason === 'error') return error ?? openAiErrorWire.parse({});
  }
  return null;
}

/** `{"message": "…"}` or `{"detail": "…"}`, which mean an error only beside a status that says so. */
function readLooseError(record: JsonObject): OpenAiErrorWire | null {
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
  const code = String(error.code);
  if (policyCodes.has(code) || contextNames.has(code) || pictureCode.test(code)) return 400;
  return statusByName.get(code) ?? statusByName.get(error.type ?? '') ?? 502;
}
