const finishReasons: ReadonlyMap<string, string> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  // The limit of one call, not of the answer; going on from here is another request.
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['LANGUAGE', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
  // Something was held back, and the provider gives no reason.
  ['OTHER', 'content_filter'],
  ['IMAGE_OTHER', 'content_filter'],
  ['NO_IMAGE', 'content_filter'],
]);

/** The model wrote something that was to be a call and is none: there is no answer, and asked again there may be. */
const failures: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
]);

/**
 * A reason that is not known yet ends the answer like any other. A call of tools has no separate reason.
 * Source: https://ai.google.dev/api/generate-content#FinishReason (read 2026-11, as typed by `@google/genai` 3.1).
 */
export function fromGeminiFinishReason(reason: string, hasCalls: boolean): string {
  const known = finishReasons.get(reason) ?? 'stop';
  return known === 'stop' && hasCalls ? 'tool_calls' : known;
}

export function isFailedFinish(reason: string): boolean {
  return failures.has(reason);
}
