import { AppError } from '@aggregator/contracts';
import type { FieldFate } from '../provider-adapter.ts';
import { DroppedParams } from './dropped-params.ts';
import { isGoverned } from './governed-fields.ts';
import { ownFields } from './own-fields.ts';

/** Values that ask for what a field's absence asks for: a provider that has not the field loses nothing by them. */
const neutralValues: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['best_of', 1],
  ['echo', false],
  ['frequency_penalty', 0],
  ['functions', '[]'],
  ['logit_bias', '{}'],
  ['logprobs', false],
  ['metadata', '{}'],
  ['modalities', '["text"]'],
  ['n', 1],
  ['parallel_tool_calls', true],
  ['presence_penalty', 0],
  ['reasoning', '{"enabled":false}'],
  ['reasoning_effort', 'none'],
  ['service_tier', 'auto'],
  ['stop', '[]'],
  ['store', false],
  ['suffix', ''],
  ['tools', '[]'],
  ['top_logprobs', 0],
  ['user', ''],
]);

export interface SortedFields {
  /** Fields with a value that the provider takes, under the caller's names. A null means what its absence means. */
  readonly taken: Record<string, unknown>;
  readonly dropped: DroppedParams;
}

/**
 * Judges the fields of a request by a provider's table. A field whose parts are judged apart (`tools.function` for
 * `tools`) is taken; what the table does not know has the fate of `*`, which
 * is to be dropped and named if it is absent.
 * @throws {AppError} `unsupported_parameter`
 */
export function sortFields(
  request: Readonly<Record<string, unknown>>,
  fates: Readonly<Record<string, FieldFate>>,
): SortedFields {
  const taken: Record<string, unknown> = {};
  const dropped = new DroppedParams();
  for (const name of Object.keys(request)) {
    const value = request[name];
    if (value === null || value === undefined || ownFields.has(name)) continue;
    const fate = Object.hasOwn(fates, name)
      ? fates[name]
      : isJudgedInParts(name)
        ? 'mapped'
        : isGoverned(name)
          ? 'dropped'
          : (fates['*'] ?? 'dropped');
    if (fate === 'mapped') taken[name] = value;
    else if (isNeutral(name, value)) continue;
    else if (fate === 'refused') throw unsupported(name);
    else dropped.note(name);
  }
  return { taken, dropped };
}

/** Returns the fates of names, all the same. */
export function fatesOf(names: readonly string[], fate: FieldFate): Readonly<Record<string, FieldFate>> {
  return Object.fromEntries(names.map((name) => [name, fate]));
}

/** The error for what a provider cannot do. `param` as the caller wrote it. */
export function unsupported(param: string): AppError {
  return new AppError('unsupported_parameter', { param });
}

const fieldsInParts: ReadonlySet<string> = new Set(['input', 'response_format', 'tools']);

function isJudgedInParts(name: string): boolean {
  return fieldsInParts.has(name);
}

/** True if a field asks for something: it has a value, and not one that its absence has too. */
export function isAskedFor(name: string, value: unknown): boolean {
  return value !== null && value !== undefined && !isNeutral(name, value);
}

function isNeutral(name: string, value: unknown): boolean {
  return (
    neutralValues.has(name) && neutralValues.get(name) === (typeof value === 'object' ? JSON.stringify(value) : value)
  );
}
