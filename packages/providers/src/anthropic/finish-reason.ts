import type { ChoiceEnd } from '../choice-end.ts';

const finishReasons: ReadonlyMap<string, string> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
]);

/** Reasons that chat completions have no word for. */
const ownReasons: ReadonlySet<string> = new Set(['pause_turn', 'model_context_window_exceeded']);

/**
 * What a choice says of its end. Chat completions have no field for the sequence of the caller's that ended it; surfaces that
 * have one find it beside the finish reason, under Anthropic's name.
 */
export function toChoiceEnd(
  stopReason: string,
  stopSequence: string | null | undefined,
): ChoiceEnd & { readonly stop_sequence?: string } {
  return {
    finish_reason: fromStopReason(stopReason),
    ...(ownReasons.has(stopReason) && { native_finish_reason: stopReason }),
    ...(stopReason === 'stop_sequence' && typeof stopSequence === 'string' && { stop_sequence: stopSequence }),
  };
}

/** True for a reason that has no separate word in chat completions. */
export function isUntranslatedReason(stopReason: string): boolean {
  return (
    !finishReasons.has(stopReason) || stopReason === 'pause_turn' || stopReason === 'model_context_window_exceeded'
  );
}

/**
 * A reason that is not known yet ends the answer like any other.
 * Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons (read 2026-11).
 */
function fromStopReason(stopReason: string): string {
  return finishReasons.get(stopReason) ?? 'stop';
}
