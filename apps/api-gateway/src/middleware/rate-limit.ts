import { AppError, type Principal } from '@aggregator/contracts';
import type { ApiGatewayContext } from '../context.ts';

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

/** One step per refused credential, for each address: a key cannot be guessed at line speed. Kept in this process. */
export async function limitFailures(context: ApiGatewayContext, clientIp: string, error: AppError): Promise<AppError> {
  if (error.entry.status !== 401) return error;
  const verdict = await context.localLimits.takeRate({
    subject: `failures:${clientIp}`,
    ratePerMinute: context.config.failuresPerMinute,
    cost: 1,
  });
  return verdict.isAllowed
    ? error
    : new AppError('rate_limit_exceeded', { retryAfterMs: verdict.retryAfterMs ?? 60_000 });
}
