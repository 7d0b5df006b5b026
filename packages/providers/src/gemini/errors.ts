import { isRecord } from '@aggregator/contracts';
import { isContextText } from '../errors/context-text.ts';
import { judgeNotFound } from '../errors/judge-not-found.ts';
import { readRetryAfterMs } from '../errors/retry-after.ts';
import { toProviderError, type Verdict, verdicts } from '../errors/verdicts.ts';
import type { ProviderError } from '../provider-adapter.ts';
import { type GeminiErrorWire, geminiErrorWire } from './wire.ts';

/**
 * What a status says of an error that came without one of HTTP: in a stream, or in the body of a success.
 * Source: https://ai.google.dev/gemini-api/docs/troubleshooting, https://google.aip.dev/193 (read 2026-11).
 */
const codeByStatus: ReadonlyMap<string, number> = new Map(
  Object.entries({
    INVALID_ARGUMENT: 400,
    FAILED_PRECONDITION: 400,
    OUT_OF_RANGE: 400,
    UNAUTHENTICATED: 401,
    PERMISSION_DENIED: 403,
    NOT_FOUND: 404,
    ABORTED: 409,
    RESOURCE_EXHAUSTED: 429,
    CANCELLED: 499,
    INTERNAL: 500,
    UNKNOWN: 500,
    UNAVAILABLE: 503,
    DEADLINE_EXCEEDED: 504,
  }),
);
/** A dead key is reported as an invalid argument. */
const keyReason = /^API_KEY_|^ACCESS_TOKEN_/;
const keyMessage = /api[ _]key (?:not valid|expired|not found|was reported)/i;
/** The place or the plan of our account, reported as an invalid request or as a limit. */
const accountMessage =
  /location is not supported|free tier is not available|enable billing|billing account|consumer .* suspended|has not been used in project|prepay|credits? (?:are|is) depleted|limit: 0\b/i;
const policyMessage =
  /content polic|safety polic|usage polic|prohibited use|blocked (?:by|due to|for) (?:safety|prohibited)|violat\w* .*polic/i;
const sizeMessage = /payload size exceeds|request (?:is )?too large/i;
/** What a turn was thought with cannot be proven to the provider: another one does not ask for it. */
const signatureMessage = /thought[ _]?signature/i;
const signatureLost: Verdict = { ...verdicts.rejected, mayFailOver: true };
const retryDelaySeconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/;
const retryAfterMsMax = 86_400_000;

/** The caller's names of what the provider names in its own. */
const callersNames: ReadonlyMap<string, string> = new Map([
  ['contents', 'messages'],
  ['system_instruction', 'messages'],
  ['tools', 'tools'],
  ['tool_config', 'tool_choice'],
  ['generation_config.temperature', 'temperature'],
  ['generation_config.top_p', 'top_p'],
  ['generation_config.top_k', 'top_k'],
  ['generation_config.max_output_tokens', 'max_completion_tokens'],
  ['generation_config.candidate_count', 'n'],
  ['generation_config.stop_sequences', 'stop'],
  ['generation_config.seed', 'seed'],
  ['generation_config.logprobs', 'top_logprobs'],
  ['generation_config.response_logprobs', 'logprobs'],
  ['generation_config.response_mime_type', 'response_format'],
  ['generation_config.response_json_schema', 'response_format'],
  ['generation_config.response_modalities', 'modalities'],
  ['generation_config.thinking_config', 'reasoning_effort'],
]);

/** The judgement of an answer that is not a success. */
export function classifyGeminiError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): ProviderError {
  return toJudgedError(status, readError(parseLoose(body)), readRetryAfterMs(headers, status), body);
}

/** The judgement of a body or an event that came as a success but is an error; null if it is none. */
export function classifyGeminiErrorBody(value: unknown): ProviderError | null {
  const error = readError(value);
  if (error === null) return null;
  const { code } = error;
  const isStatus = typeof code === 'number' && code >= 400 && code <= 599;
  return toJudgedError(isStatus ? code : (codeByStatus.get(error.status ?? '') ?? 502), error, null, '');
}

/** The judgement of a prompt that the provider would not answer, which it reports in a success without an answer. */
export function toBlockedPrompt(blockReason: string, explanation: string | null | undefined): ProviderError {
  const message = explanation || `The provider blocked the prompt: ${blockReason}.`;
  return toProviderError(verdicts.policy, {
    status: 200,
    name: blockReason,
    message,
    param: 'messages',
    retryAfterMs: null,
    body: '',
  });
}

function judge(status: number, error: GeminiErrorWire | null): Verdict {
  if (status >= 500) return verdicts.failed;
  if (error !== null && (isKeyAtFault(error) || accountMessage.test(error.message ?? ''))) return verdicts.ourSetUp;
  switch (status) {
    case 400:
    case 422:
      return error === null ? verdicts.notUnderstood : judgeRequest(error);
    case 403:
      // A caller's file that does not exist is reported as one that we may not see.
      return /access the file/i.test(error?.message ?? '') ? verdicts.rejected : verdicts.ourSetUp;
    case 404:
      return judgeNotFound(error?.message);
    case 408:
    case 409:
    case 499:
      return verdicts.failed;
    case 413:
      return isContextText(error?.message ?? '') ? verdicts.context : verdicts.tooLarge;
    case 429:
      return hasDailyViolation(error) ? verdicts.tooLargeForRate : verdicts.rateLimited;
    default:
      return status >= 300 ? verdicts.ourSetUp : verdicts.notUnderstood;
  }
}

function judgeRequest({ message, status }: GeminiErrorWire): Verdict {
  const words = message ?? '';
  if (isContextText(words)) return verdicts.context;
  if (signatureMessage.test(words)) return signatureLost;
  if (policyMessage.test(words)) return verdicts.policy;
  if (sizeMessage.test(words)) return verdicts.tooLarge;
  return status === 'FAILED_PRECONDITION' ? verdicts.ourSetUp : verdicts.rejected;
}

function isKeyAtFault({ details, message }: GeminiErrorWire): boolean {
  return (details ?? []).some(({ reason }) => keyReason.test(reason ?? '')) || keyMessage.test(message ?? '');
}

/** No wait within a request's time gives a day's quota back. */
function hasDailyViolation(error: GeminiErrorWire | null): boolean {
  return (error?.details ?? []).some((detail) =>
    (detail.violations ?? []).some(({ quotaId }) => /perday/i.test(quotaId ?? '')),
  );
}

function toJudgedError(
  status: number,
  error: GeminiErrorWire | null,
  headerRetryAfterMs: number | null,
  body: string,
): ProviderError {
  const reason = error?.details?.find((detail) => detail.reason)?.reason;
  const judgement = toProviderError(judge(status, error), {
    status,
    name: reason ?? error?.status,
    message: error?.message,
    param: readParam(error),
    retryAfterMs: headerRetryAfterMs ?? readRetryDelayMs(error),
    body,
  });
  const isDead = judgement.code === 'upstream_misconfigured' && error !== null && isKeyAtFault(error);
  return isDead ? { ...judgement, isKeyAtFault: true } : judgement;
}

function readParam(error: GeminiErrorWire | null): string | null {
  const field = error?.details?.flatMap((detail) => detail.fieldViolations ?? []).find((one) => one.field)?.field;
  if (!field) return null;
  const plain = field.replace(/\[.*$/, '');
  return callersNames.get(plain) ?? callersNames.get(plain.split('.').slice(0, 2).join('.')) ?? null;
}

function readRetryDelayMs(error: GeminiErrorWire | null): number | null {
  const delay = error?.details?.find((detail) => detail.retryDelay)?.retryDelay;
  const [, seconds] = retryDelaySeconds.exec(delay ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Math.ceil(Number(seconds) * 1000), retryAfterMsMax);
}

/** `{"error": {…}}`, or a list of one of it, which is the form of a stream that never began. */
function readError(value: unknown): GeminiErrorWire | null {
  const record: unknown = Array.isArray(value) ? value[0] : value;
  return isRecord(record) && isRecord(record.error) ? geminiErrorWire.parse(record.error) : null;
}

function parseLoose(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
