import type { Rates } from '@aggregator/contracts';
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
    ...(chargesToolCalls(price.rates) && { areToolCallsPriced: true }),
  };
}

/** For every tier. */
function chargesToolCalls({ toolCalls, above }: Rates): boolean {
  return toolCalls !== undefined && (above === undefined || above.rates.toolCalls !== undefined);
}
