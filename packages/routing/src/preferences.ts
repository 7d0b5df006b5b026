import { AppError, type ChatCompletionRequest, type ChatField, type ProviderPreferences } from '@aggregator/contracts';
import { createPriceBound } from './max-price.ts';
import type { Option } from './snapshot-index.ts';
import { usedFields } from './used-fields.ts';

type Groups = readonly (readonly Option[])[];

interface Filter {
  /** As the caller wrote it. */
  readonly preference: string;
  keeps(option: Option): boolean;
}

/**
 * Leaves the options that the caller's preferences allow, or the error that names the preference which left none. Names
 * of providers are taken in any case. Source: https://openrouter.ai/docs/features/provider-routing (read 2026-11).
 */
export function selectPreferred(
  groups: Groups,
  preferences: ProviderPreferences,
  chat: ChatCompletionRequest | null,
): Groups | AppError {
  let left = groups;
  for (const { preference, keeps } of toFilters(preferences, chat)) {
    left = left.map((group) => group.filter(keeps)).filter((group) => group.length > 0);
    if (left.length === 0) return leavesNone(preference);
  }
  return left;
}

/** The providers of `order` first, in its order; the others after them as they are. */
export function preferOrder(options: readonly Option[], order: readonly string[] | undefined): readonly Option[] {
  if (order === undefined || order.length === 0) return options;
  const places = new Map(order.map((name, place) => [name.toLowerCase(), place]));
  const placeOf = ({ candidate }: Option) => places.get(candidate.provider.name) ?? order.length;
  return [...options].sort((one, other) => placeOf(one) - placeOf(other));
}

function toFilters(preferences: ProviderPreferences, chat: ChatCompletionRequest | null): Filter[] {
  const { order, only, ignore, allow_fallbacks: allowFallbacks, max_price: maxPrice } = preferences;
  const filters: Filter[] = [];
  if (only !== undefined) filters.push({ preference: 'only', keeps: isOneOf(only) });
  if (ignore !== undefined) {
    const isIgnored = isOneOf(ignore);
    filters.push({ preference: 'ignore', keeps: (option) => !isIgnored(option) });
  }
  if (allowFallbacks === false && order !== undefined && order.length > 0) {
    filters.push({ preference: 'order', keeps: isOneOf(order) });
  }
  if (maxPrice !== undefined) {
    const isWithin = createPriceBound(maxPrice);
    filters.push({ preference: 'max_price', keeps: ({ candidate }) => isWithin(candidate.price.rates) });
  }
  if (preferences.require_parameters === true && chat !== null) {
    const used = usedFields(chat);
    filters.push({ preference: 'require_parameters', keeps: (option) => takesAll(option, chat, used) });
  }
  return filters;
}

function isOneOf(names: readonly string[]): (option: Option) => boolean {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return ({ candidate }) => wanted.has(candidate.provider.name);
}

function takesAll({ candidate }: Option, request: ChatCompletionRequest, used: ReadonlySet<ChatField>): boolean {
  const { adapter, model, provider } = candidate;
  const fields =
    adapter.chat.fieldsFor?.(request, { model: model.id, options: provider.options }) ?? adapter.chat.fields;
  for (const field of used) if (fields[field] !== 'mapped') return false;
  return true;
}

function leavesNone(preference: string): AppError {
  return new AppError('model_not_found', {
    param: `provider.${preference}`,
    message: `provider.${preference} leaves no provider that serves this model. GET /v1/models lists those that do, with their prices.`,
  });
}
