import { toUsdNumber } from '@aggregator/pricing';
import type { Charge } from '../settlement/charge.ts';
import type { Attempt } from './begin-attempt.ts';

/** `x-aggregator-additions: none` asks for the vendor's own shape and nothing more. */
export function wantsAdditions({ exchange }: Attempt): boolean {
  return exchange.request.headers['x-aggregator-additions'] !== 'none';
}

/** An answer, or the last chunk of a stream, with what we add to it. */
export function withAdditions(
  body: Readonly<Record<string, unknown>>,
  { exchange, request }: Attempt,
  charge: Charge,
): Record<string, unknown> {
  const cost = toUsdNumber(charge.amountNanoUsd);
  const { usage } = body;
  return {
    ...body,
    ...(typeof usage === 'object' &&
      usage !== null && { usage: { ...usage, cost, cost_nano_usd: charge.amountNanoUsd.toString() } }),
    cost,
    provider: request.provider.name,
    response_time_ms: Math.round(performance.now() - exchange.startedMs),
  };
}

/** Headers that tell how an answer came about. */
export function answerHeaders({ request }: Attempt, droppedParams: readonly string[]): Record<string, string> {
  return {
    'x-aggregator-provider': request.provider.name,
    'x-aggregator-attempts': String(request.attempt),
    'x-aggregator-cache': 'bypass',
    ...(droppedParams.length > 0 && { 'x-aggregator-dropped-params': droppedParams.join(', ') }),
  };
}
