import { isRecord } from '@aggregator/contracts';
import { toUsdNumber } from '@aggregator/pricing';
import type { Exchange } from '../exchange.ts';
import type { Charge } from '../money/charge.ts';
import type { DispatchedRequest } from '../money/dispatched-request.ts';

/** `x-aggregator-additions: none` asks for the vendor's own shape and nothing more. */
export function wantsAdditions({ request }: Exchange): boolean {
  return request.headers['x-aggregator-additions'] !== 'none';
}

/** What we add to an answer. `resumedFrom` is the provider whose answer another one continued; null if none did. */
export function toAdditions(
  { startedMs }: Pick<Exchange, 'startedMs'>,
  { provider }: Pick<DispatchedRequest, 'provider'>,
  { amountNanoUsd }: Pick<Charge, 'amountNanoUsd'>,
  resumedFrom: string | null = null,
) {
  return {
    costs: { cost: toUsdNumber(amountNanoUsd), cost_nano_usd: amountNanoUsd.toString() },
    about: {
      provider: provider.name,
      ...(resumedFrom !== null && { resumed_from: resumedFrom }),
      response_time_ms: Math.round(performance.now() - startedMs),
    },
  };
}

/** An answer, or the last chunk of a stream, with what we add to it. */
export function withAdditions(
  body: Readonly<Record<string, unknown>>,
  exchange: Exchange,
  request: Pick<DispatchedRequest, 'provider' | 'isStreamed'>,
  charge: Charge,
  resumedFrom: string | null = null,
): Record<string, unknown> {
  const { costs, about } = toAdditions(exchange, request, charge, resumedFrom);
  const { usage } = body;
  // The last chunk of a stream whose client did not ask for usage has none.
  const hasUsage = isRecord(usage) || !request.isStreamed;
  return {
    ...body,
    ...(hasUsage ? { usage: { ...(isRecord(usage) && usage), ...costs }, cost: costs.cost } : costs),
    ...about,
  };
}

/** Headers that report how an answer came about. */
export function answerHeaders(
  { attempt, provider }: Pick<DispatchedRequest, 'attempt' | 'provider'>,
  cache: 'hit' | 'miss' | 'bypass',
  droppedParams: readonly string[],
): Record<string, string> {
  return {
    'x-aggregator-provider': provider.name,
    'x-aggregator-attempts': String(attempt),
    'x-aggregator-cache': cache,
    ...(droppedParams.length > 0 && { 'x-aggregator-dropped-params': droppedParams.join(', ') }),
  };
}
