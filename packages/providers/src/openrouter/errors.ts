import { isRecord } from '@aggregator/contracts';
import type { ErrorChange } from '../openai/errors.ts';

/** What OpenRouter's typed errors are called in OpenAI's dialect; others keep their status, which `code` repeats. */
const codeByType: ReadonlyMap<unknown, string> = new Map([
  ['content_policy_violation', 'content_policy_violation'],
  ['refusal', 'content_policy_violation'],
  ['context_length_exceeded', 'context_length_exceeded'],
  ['payment_required', 'insufficient_quota'],
  // A bound that our own account has there.
  ['token_limit_exceeded', 'insufficient_quota'],
]);

/**
 * `{code: <status>, message, metadata}`: a numeric code that is a status, and the type of the error among its metadata. A
 * refusal by moderation or by a guardrail is a 403, and is known by what it says of the input.
 * Source: https://openrouter.ai/docs/api/reference/errors-and-debugging (read 2026-11).
 */
export const toOpenAiError: ErrorChange = (error) => {
  const metadata = isRecord(error.metadata) ? error.metadata : {};
  const isFlagged = Array.isArray(metadata.reasons) || Array.isArray(metadata.patterns);
  const code = isFlagged ? 'content_policy_violation' : codeByType.get(metadata.error_type);
  const status = typeof error.code === 'number' ? { status: error.code } : {};
  return { message: error.message, ...status, code: code ?? error.code };
};
