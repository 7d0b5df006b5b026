import type { DroppedParams } from '../fields/dropped-params.ts';
import { isRecord } from '../json-record.ts';

type Fields = Record<string, unknown>;

/**
 * `reasoning: {effort}` is another's name of `reasoning_effort`. A budget of tokens has no place here; thinking that is
 * turned off is the effort `none`.
 */
export function foldReasoning(fields: Fields, dropped: DroppedParams): void {
  if (!isRecord(fields.reasoning)) return;
  const { effort, enabled, max_tokens: budget } = fields.reasoning;
  delete fields.reasoning;
  if (typeof effort === 'string') fields.reasoning_effort ??= effort;
  else if (enabled === false) fields.reasoning_effort ??= 'none';
  if (typeof budget === 'number') dropped.note('reasoning.max_tokens');
}

/**
 * The bound of the answer under the one name that the provider knows. Where the caller gives both, which OpenAI refuses,
 * the later one counts: `max_completion_tokens`.
 */
export function boundOutput(fields: Fields, name: 'max_tokens' | 'max_completion_tokens'): void {
  const bound = fields.max_completion_tokens ?? fields.max_tokens;
  delete fields.max_completion_tokens;
  delete fields.max_tokens;
  if (bound !== undefined) fields[name] = bound;
}
