import { AppError, type ManagedModel, type ProviderType } from '@aggregator/contracts';
import { adapterFor, disconnectOption, disconnectPolicies, type OptionRule } from '@aggregator/providers';
import { type EgressAllowlist, judgeBaseUrl } from '@aggregator/service-kit';
import { toVersionedBaseUrl } from '../registry/base-urls.ts';
import { readVendorModels } from '../registry/catalogue/index.ts';
import type { DeclaredModel } from '../registry/declared-provider.ts';
import { toRates } from '../registry/plain-rates.ts';
import { checkPrice, toUnitPrice } from './check-price.ts';

/** Options of every type. */
const commonOptions: Readonly<Record<string, OptionRule>> = {
  [disconnectOption]: { allows: (value) => disconnectPolicies.some((policy) => policy === value) },
};

/**
 * Where a provider is, fit to be saved; the vendor's own address where none is given.
 * @throws {AppError} `invalid_base_url`; `invalid_value` if the type has no default address.
 */
export function toBaseUrl(text: string | undefined, type: ProviderType, allowlist: EgressAllowlist): string {
  if (text === undefined) {
    const { baseUrl } = adapterFor(type).facts;
    if (baseUrl !== null) return baseUrl;
    throw new AppError('invalid_value', { param: 'baseUrl', message: `A provider of type ${type} needs a 'baseUrl'.` });
  }
  const verdict = judgeBaseUrl(text, allowlist);
  if (verdict.isAllowed) return toVersionedBaseUrl(verdict.url, type);
  throw new AppError('invalid_base_url', {
    param: 'baseUrl',
    message: `The base URL is not allowed: ${verdict.reason}.`,
  });
}

/** @throws {AppError} `invalid_value` for an option that is missing or makes no sense, `unknown_field` for one that the type does not know. */
export function checkOptions(options: Readonly<Record<string, string>>, type: ProviderType): void {
  const rules = new Map(Object.entries({ ...commonOptions, ...adapterFor(type).facts.options }));
  const missing = [...rules].find(([name, rule]) => rule.isRequired === true && !options[name])?.[0];
  if (missing !== undefined) {
    const param = `options.${missing}`;
    throw new AppError('invalid_value', { param, message: `A provider of type ${type} needs '${param}'.` });
  }
  const unknown = Object.keys(options).find((name) => !rules.has(name));
  if (unknown !== undefined) {
    const param = `options.${unknown}`;
    throw new AppError('unknown_field', { param, message: `A provider of type ${type} knows no '${param}'.` });
  }
  const wrong = Object.entries(options).find(([name, value]) => rules.get(name)?.allows?.(value) === false);
  if (wrong !== undefined) {
    const param = `options.${wrong[0]}`;
    throw new AppError('invalid_value', {
      param,
      message: `A provider of type ${type} makes nothing of this '${param}'.`,
    });
  }
}

/**
 * The models as the registry keeps them; all that are known of the vendor where none are given.
 * @throws {AppError} `invalid_value` where none are given and none are known.
 */
export function toModels(
  models: readonly ManagedModel[] | undefined,
  type: ProviderType,
  nowMs: number,
): readonly DeclaredModel[] {
  if (models !== undefined) return models.map((model) => toModel(model, type, 'api'));
  const known = readVendorModels(type, nowMs);
  if (known !== null) return known;
  throw new AppError('invalid_value', { param: 'models', message: `A provider of type ${type} needs its 'models'.` });
}

/**
 * @param source Who said what it costs.
 * @throws {AppError} `invalid_value` for a price that can never be charged.
 */
export function toModel(
  { id, operations, contextLength, price: given, ...rest }: ManagedModel,
  type: ProviderType,
  source: string,
): DeclaredModel {
  const price = given === undefined ? undefined : toUnitPrice({ operations, price: given });
  if (price !== undefined) checkPrice(type, { id, operations, price });
  return {
    id,
    operations: [...new Set(operations)],
    contextLength,
    maxOutputTokens: rest.maxOutputTokens ?? null,
    capabilities: [...new Set(rest.capabilities ?? [])],
    firstLifeMs: rest.firstLifeMs ?? null,
    price: price === undefined ? null : { rates: toRates(price), source },
  };
}
