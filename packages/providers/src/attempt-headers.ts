const uuidWithAttempt =
  /(?:^|\/)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{10})([0-9a-f]{2})(?:\/(\d{1,4}))?$/i;

/**
 * Returns a UUID for an attempt: that of the request with the number of the attempt in its last two digits, because servers
 * exist that reject every other form in `x-request-id`. Null if the id of the attempt has no UUID.
 * Source: https://github.com/tomwojcik/starlette-context/blob/master/starlette_context/plugins/base.py (read 2026-11), which
 * llama-cpp-python's server uses.
 * @param attemptId `<requestId>/<attempt>`, or `probe/<uuid>`.
 */
export function toAttemptUuid(attemptId: string): string | null {
  const [, head, tail, attempt] = uuidWithAttempt.exec(attemptId) ?? [];
  if (head === undefined || tail === undefined) return null;
  return attempt === undefined ? head + tail : head + (Number(attempt) % 256).toString(16).padStart(2, '0');
}

/**
 * Returns the headers by which the provider's log and ours can be joined: the id of the attempt, and its UUID.
 * Source: https://platform.openai.com/docs/api-reference/debugging-requests (read 2026-11).
 */
export function attemptHeaders(attemptId: string): Record<string, string> {
  const uuid = toAttemptUuid(attemptId);
  return { 'x-client-request-id': attemptId, ...(uuid !== null && { 'x-request-id': uuid }) };
}
