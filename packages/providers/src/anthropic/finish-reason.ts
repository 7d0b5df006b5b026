const finishReasons: ReadonlyMap<string, string> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  // A long turn of server tools, which nobody asks for here: what there is stands.
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
]);

/**
 * A reason that is not known yet ends the answer like any other.
 * Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons (read 2026-11).
 */
export function fromStopReason(stopReason: string): string {
  return finishReasons.get(stopReason) ?? 'stop';
}
