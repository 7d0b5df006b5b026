import { isRecord } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { efforts } from '../fields/reasoning-asked.ts';
import type { ProviderTarget } from '../provider-adapter.ts';
import { type EffortsOfModel, openAiEffortsOf } from './model-efforts.ts';

type Fields = Record<string, unknown>;

/**
 * Reasoning under the one name that the dialect has for it. `reasoning: {effort}` is another's name of `reasoning_effort`;
 * thinking that is turned off is the effort `none`. A budget of tokens has no place here.
 *
 * The effort is one that the model takes: the nearest below what was asked, or else its least. What turns thinking off where it
 * cannot be off, or on where there is none, is named. The effort of an unknown model is sent as it came, but
 * for `max`, which few know and which becomes `high`.
 */
export function foldReasoning(
  fields: Fields,
  { model }: Pick<ProviderTarget, 'model'>,
  dropped: DroppedParams,
  effortsOf: EffortsOfModel = openAiEffortsOf,
): void {
  const asked = readAsked(fields);
  delete fields.reasoning;
  delete fields.reasoning_effort;
  if (asked === null) return;
  const taken = effortsOf(model);
  if (taken?.length === 0) {
    if (!asked.isOff) dropped.note(asked.param);
    return;
  }
  if (asked.hasBudget) dropped.note('reasoning.max_tokens');
  if (asked.isOff && taken?.includes('none') === false) dropped.note(asked.param);
  const effort = taken === null ? toLikelyEffort(asked) : toEffort(asked, taken);
  if (effort !== undefined) fields.reasoning_effort = effort;
}

/**
 * The bound of the answer under the one name that the provider knows, and never more than the model generates, because
 * providers refuse what it cannot reach. Where the caller gives both names, which OpenAI refuses, the later one counts:
 * `max_completion_tokens`.
 */
export function boundOutput(
  fields: Fields,
  name: 'max_tokens' | 'max_completion_tokens',
  { maxOutputTokens: most }: Pick<ProviderTarget, 'maxOutputTokens'>,
): void {
  const bound = fields.max_completion_tokens ?? fields.max_tokens;
  delete fields.max_completion_tokens;
  delete fields.max_tokens;
  if (bound !== undefined) fields[name] = typeof bound === 'number' && most !== null ? Math.min(bound, most) : bound;
}

/**
 * Leaves out how the next token is drawn, for a model that reasons: OpenAI refuses it there. A value other than 1, which is
 * what happens anyhow, is named.
 * Source: https://developers.openai.com/api/docs/guides/latest-model#parameter-compatibility (read 2026-11).
 */
export function dropSampling(fields: Fields, dropped: DroppedParams): void {
  for (const name of ['temperature', 'top_p'] as const) {
    if (fields[name] !== undefined && fields[name] !== 1) dropped.note(name);
    delete fields[name];
  }
}

interface Asked {
  /** As the caller named it, for what cannot be done. */
  param: 'reasoning' | 'reasoning_effort';
  isOff: boolean;
  /** As it came; undefined where none was given. */
  effort: unknown;
  hasBudget: boolean;
}

/** Null where nothing is asked. */
function readAsked({ reasoning, reasoning_effort: named }: Fields): Asked | null {
  const { effort: inner, enabled, max_tokens: budget } = isRecord(reasoning) ? reasoning : {};
  const effort = named ?? inner ?? undefined;
  const hasBudget = typeof budget === 'number' && budget > 0;
  const isOff = effort === 'none' || budget === 0 || (enabled === false && effort === undefined);
  if (effort === undefined && !isOff && !hasBudget && enabled !== true) return null;
  return { param: named === undefined ? 'reasoning' : 'reasoning_effort', isOff, effort, hasBudget };
}

function toLikelyEffort({ isOff, effort }: Asked): unknown {
  if (isOff) return 'none';
  return effort === 'max' ? 'high' : effort;
}

/** An effort of no known name is the provider's to judge. */
function toEffort({ isOff, effort }: Asked, taken: readonly string[]): unknown {
  if (isOff) return taken[0];
  // A model that has `none` does not think unless an effort is given.
  if (effort === undefined) return taken.includes('none') ? 'medium' : undefined;
  const asked = efforts.find((level) => level === effort);
  if (asked === undefined) return effort;
  const thinking = efforts.filter((level) => taken.includes(level));
  return thinking.findLast((level) => efforts.indexOf(level) <= efforts.indexOf(asked)) ?? thinking[0];
}
