import { type Rates, type ToolComponent, toolComponents } from '@aggregator/contracts';
import type { ProviderTarget } from '@aggregator/providers';
import type { Target } from '@aggregator/routing';
import type { ProxyContext } from '../proxy-context.ts';

/** @throws {AppError} `upstream_misconfigured` if the credential of the target is not known. */
export function toAddress(
  { credentials }: Pick<ProxyContext, 'credentials'>,
  attemptId: string,
  { candidate: { provider, model, price }, credentialRef }: Target,
): ProviderTarget {
  return {
    baseUrl: provider.baseUrl,
    credential: credentials.resolve(credentialRef),
    model: model.id,
    maxOutputTokens: model.maxOutputTokens,
    attemptId,
    options: provider.options,
    pricedTools: listPricedTools(price.rates),
  };
}

/** For every tier. */
function listPricedTools(rates: Rates): readonly ToolComponent[] {
  const { above = { rates } } = rates;
  return toolComponents.filter((component) => rates[component] !== undefined && above.rates[component] !== undefined);
}
