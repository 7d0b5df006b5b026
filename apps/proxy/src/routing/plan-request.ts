import type { ChatCompletionRequest, Operation } from '@aggregator/contracts';
import { planRoute, type RoutePlan } from '@aggregator/routing';
import type { ProxyContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';

/**
 * Who may serve a request, in the order to try. Throws `model_not_found`, `model_not_allowed`, `model_not_priced`.
 */
export function planRequest(
  { routing, memory }: Pick<ProxyContext, 'routing' | 'memory'>,
  { principal, request }: Pick<Exchange, 'principal' | 'request'>,
  operation: Operation,
  { model, chat }: { readonly model: string; readonly chat: ChatCompletionRequest | null },
): RoutePlan {
  const session = request.headers['x-session-id'] ?? chat?.prompt_cache_key;
  const plan = planRoute(
    routing.require(),
    {
      ...{ model, operation, chat },
      fallbacks: chat?.models ?? [],
      principalModels: principal.models,
      preferences: chat?.provider ?? null,
      affinity: typeof session === 'string' && session !== '' ? `${principal.orgId}/${session}` : null,
    },
    { judge: memory.judge, measure: memory.measure, isHealthy: routing.trials.isHealthy },
    Math.random,
  );
  return plan;
}
