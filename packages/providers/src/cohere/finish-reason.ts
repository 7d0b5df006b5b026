import type { ChoiceEnd } from '../choice-end.ts';

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
export function fromCohereFinishReason(reason: string): ChoiceEnd {
  const finish_reason = finishReasons.get(reason) ?? 'stop';
  return { finish_reason, ...(reason === 'STOP_SEQUENCE' && { native_finish_reason: 'stop_sequence' }) };
}
