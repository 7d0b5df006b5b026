const finishReasons: ReadonlyMap<string, string> = new Map([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool_calls'],
]);

/**
 * A reason that is not known yet ends the answer like any other. `ERROR` and `TIMEOUT` are failures (`errors.ts`).
 * Source: https://docs.cohere.com/reference/chat (read 2026-11).
 */
export function fromCohereFinishReason(reason: string): string {
  return finishReasons.get(reason) ?? 'stop';
}
