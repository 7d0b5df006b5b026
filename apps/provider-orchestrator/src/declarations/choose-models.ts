import type { DeclaredProviderEntry } from '@aggregator/contracts';
import { toModel } from '../providers/provider-rules.ts';
import type { DeclaredModel } from '../registry/declared-provider.ts';

/** Who says what a model costs that a resource names. */
const source = 'kubernetes';

/** The known models that the resource lets through, and those that it gives, which win where names meet. */
export function chooseModels(
  entry: Pick<DeclaredProviderEntry, 'type' | 'models' | 'hasKnownModels' | 'include' | 'exclude'>,
  known: readonly DeclaredModel[],
): DeclaredModel[] {
  const given = (entry.models ?? []).map((model) => toModel(model, entry.type, source));
  if (!entry.hasKnownModels) return given;
  const names = new Set(given.map(({ id }) => id));
  const isChosen = ({ id }: DeclaredModel) =>
    !names.has(id) &&
    (entry.include.length === 0 || entry.include.some((pattern) => fits(pattern, id))) &&
    !entry.exclude.some((pattern) => fits(pattern, id));
  return [...given, ...known.filter(isChosen)];
}

/**
 * Whether `pattern` is all of `text`, its `*` standing for any part of it. No regular expression: of many stars those take
 * longer than anybody waits. Here the last star alone is tried again, which finds a fit where there is one.
 */
export function fits(pattern: string, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1;
  let afterStar = 0;
  while (inText < text.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      afterStar = inText;
    } else if (pattern[at] === text[inText]) {
      at += 1;
      inText += 1;
    } else if (star !== -1) {
      afterStar += 1;
      at = star + 1;
      inText = afterStar;
    } else return false;
  }
  return [...pattern.slice(at)].every((letter) => letter === '*');
}
