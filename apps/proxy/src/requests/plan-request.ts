import type { ChatCompletionRequest, Operation } from '@aggregator/contracts';
import { planRoute, type RoutePlan } from '@aggregator/routing';
import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { nameSuccessor } from './name-successor.ts';

/** Parts that plan a request. */
export type PlanContext = Pick<ProxyContext, 'routing' | 'memory' | 'now'>;

/**
 * Returns who may serve a request, in the order to try.
 * @throws {AppError} `model_not_found`, with the successor of a retired model; `model_not_allowed`, `model_not_priced`.
 */
export function planRequest(
  { routing, memory, now }: PlanContext,
  exchange: Pick<Exchange, 'principal' | 'request' | 'askedModel'>,
  operation: Operation,
  { model, chat }: { readonly model: string; readonly chat: ChatCompletionRequest | null },
): RoutePlan {
  const { principal, request } = exchange;
  exchange.askedModel = model;
  const session = request.headers['x-session-id'] ?? chat?.prompt_cache_key;
  const index = routing.require();
  try {
    return planRoute(
      index,
      {
        ...{ model, operation, chat },
        fallbacks: chat?.models ?? [],
        organizationId: principal.orgId,
        principalModels: principal.models,
        preferences: chat?.provider ?? null,
        affinity: typeof session === 'string' && session !== '' ? `${principal.orgId}/${session}` : null,
      },
      { judge: memory.judge, measure: memory.measure, isHealthy: routing.trials.isHealthy },
      Math.random,
    );
  } catch (failure) {
    throw nameSuccessor(failure, model, index, now());
  }
}
