import { AppError, type Principal } from '@aggregator/contracts';
import { toAddressBlock } from '@aggregator/service-kit';
import type { ApiGatewayContext } from '../context.ts';
import type { ManagementRoute } from '../routes/route-table.ts';

/*
 * AI requests are limited in the proxy, in the one atomic step that also takes the hold (promise I14, one round trip to
 * the counter store). What is limited here is everything that never gets there.
 */

/** One step per request to the management API, for each user or key. */
export async function limitManagement(context: ApiGatewayContext, principal: Principal): Promise<void> {
  const subject = `management:${principal.keyId ?? principal.userId}`;
  const ratePerMinute = context.config.managementPerMinute;
  const verdict = await context.managementLimits.takeRate({ subject, ratePerMinute, cost: 1 });
  if (!verdict.isAllowed) throw new AppError('rate_limit_exceeded', { retryAfterMs: verdict.retryAfterMs ?? 60_000 });
}

/**
 * One step per request to a public route, for each address. Counted in this process: a flood without credentials never reaches
 * the counter store.
 */
export function limitPublic(
  context: ApiGatewayContext,
  { prefix, perMinute }: ManagementRoute,
  clientIp: string,
): void {
  const subject = `public:${prefix}:${toAddressBlock(clientIp)}`;
  const verdict = context.localRates.take({
    subject,
    ratePerMinute: perMinute ?? context.config.publicPerMinute,
    cost: 1,
  });
  if (!verdict.isAllowed) throw new AppError('rate_limit_exceeded', { retryAfterMs: verdict.retryAfterMs ?? 60_000 });
}
