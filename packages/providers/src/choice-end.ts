/** How a choice ended. */
export interface ChoiceEnd {
  readonly finish_reason: string;
  /**
   * In Anthropic's words (OpenRouter's name of the field) if chat completions have no word of their own: `stop_sequence` without the
   * sequence, `model_context_window_exceeded`, `pause_turn`.
   */
  readonly native_finish_reason?: string;
}
