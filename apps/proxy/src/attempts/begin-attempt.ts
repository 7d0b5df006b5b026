import { AppError, type Operation } from '@aggregator/contracts';
import { adapterFor, type ProviderAdapter, type ProviderTarget } from '@aggregator/providers';
import type { Candidate } from '@aggregator/routing';
import { cancelHold, type Hold } from '../admission/hold-request.ts';
import type { ProxyContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { attemptIdOf, type DispatchedRequest, toIntent } from '../settlement/dispatched-request.ts';
import type { ProviderPool } from '../upstream/provider-pools.ts';
import { resolveCredential } from '../upstream/resolve-credential.ts';

/** One call of one candidate, on record from before it is made until it is settled. */
export interface Attempt {
  readonly exchange: Exchange;
  readonly request: DispatchedRequest;
  readonly adapter: ProviderAdapter;
  readonly target: ProviderTarget;
  readonly pool: ProviderPool;
  /** When the request must be over, on the monotonic clock. */
  readonly deadlineMs: number;
  /** Ends the call from our side and tells the caller why; null while there is none. */
  cut: ((reason: AppError) => void) | null;
}

const attemptNumber = 1;

/**
 * Writes the intent. From here on the request is settled exactly once, whatever becomes of this process. What cannot begin
 * gives back its hold and throws: `spool_full`, `upstream_misconfigured`, `service_unavailable`, `request_cancelled`.
 */
export function beginAttempt(
  context: ProxyContext,
  exchange: Exchange,
  candidate: Candidate,
  hold: Hold,
  details: { readonly operation: Operation; readonly isStreamed: boolean },
): Attempt {
  try {
    if (exchange.response.destroyed) throw new AppError('request_cancelled');
    const { provider, model, price } = candidate;
    const { orgId, userId, keyId } = exchange.principal;
    const request: DispatchedRequest = {
      ...{ requestId: exchange.requestId, attempt: attemptNumber, orgId, userId, keyId },
      operation: details.operation,
      provider: {
        ...{ name: provider.name, type: provider.type },
        ...{ baseUrl: provider.baseUrl, credentialRef: provider.credentialRef },
      },
      model: model.id,
      price,
      isStreamed: details.isStreamed,
      dispatchedAt: new Date(context.now()).toISOString(),
      inputTokensMax: hold.bounds.inputTokensMax,
      outputTokensMax: hold.bounds.outputTokensMax,
      inputTokensEstimate: hold.bounds.inputTokensEstimate,
      tokensSubject: hold.tokensSubject,
    };
    const attempt: Attempt = {
      exchange,
      request,
      adapter: adapterFor(provider.type),
      target: {
        baseUrl: provider.baseUrl,
        credential: resolveCredential(context.config.credentials, provider.credentialRef),
        model: model.id,
        attemptId: attemptIdOf(request),
      },
      pool: context.pools.take(provider),
      deadlineMs: exchange.startedMs + context.config.requestTimeoutMs,
      cut: null,
    };
    context.spool.appendIntent(toIntent(request));
    context.attempts.add(attempt);
    return attempt;
  } catch (error) {
    cancelHold(context, exchange, hold);
    throw error;
  }
}
