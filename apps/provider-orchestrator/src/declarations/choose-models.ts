import type { DeclaredProviderEntry } from '@aggregator/contracts';
import { fitsPattern } from '@aggregator/routing';
import { toModel } from '../providers/provider-rules.ts';
import type { DeclaredModel } from '../registry/declared-provider.ts';

/** The source of the price of a model that a resource names. */
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
    (entry.include.length === 0 || entry.include.some((pattern) => fitsPattern(pattern, id))) &&
    !entry.exclude.some((pattern) => fitsPattern(pattern, id));
  return [...given, ...known.filter(isChosen)];
}
