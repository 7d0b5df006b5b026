import type { AppError, AttemptSummary, Operation } from '@aggregator/contracts';
import type { RoutePlan } from '@aggregator/routing';
import type { Prompt } from '@aggregator/tokens';
import type { ProxyConfig } from '../config.ts';
import type { Exchange } from '../exchange.ts';
import type { DispatchedRequest } from '../money/dispatched-request.ts';
import type { Hold } from '../money/hold.ts';
import type { BoundRequest } from '../money/request-bounds.ts';

/** One request of a caller, from its hold to its settlement, over all its attempts. */
export interface OpenRequest {
  readonly exchange: Exchange;
  readonly operation: Operation;
  readonly isStreamed: boolean;
  readonly plan: RoutePlan;
  readonly hold: Hold;
  /** Bounds each attempt by the bodies that it sends. */
  readonly bound: BoundRequest;
  /** Its prompt, for a charge by estimate. */
  readonly readPrompt: () => Prompt;
  readonly cache: 'miss' | 'bypass';
  /** When it must be over, on the monotonic clock. */
  readonly deadlineMs: number;
  /** Attempts that are over. */
  readonly attempts: AttemptSummary[];
  /** The intent on record; null before the first attempt. */
  dispatched: DispatchedRequest | null;
  /** Says that it is settled; null before the first attempt. */
  leave: (() => void) | null;
  /** Ends what is under way from our side and sends the caller the reason; null while there is nothing. */
  cut: ((reason: AppError) => void) | null;
}

/** A request of which nothing has been tried yet. */
export function openRequest(
  config: Pick<ProxyConfig, 'requestTimeoutMs'>,
  facts: Pick<
    OpenRequest,
    'exchange' | 'operation' | 'isStreamed' | 'plan' | 'hold' | 'bound' | 'readPrompt' | 'cache'
  >,
): OpenRequest {
  const deadlineMs = facts.exchange.startedMs + config.requestTimeoutMs;
  return { ...facts, deadlineMs, attempts: [], dispatched: null, leave: null, cut: null };
}
