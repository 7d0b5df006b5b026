import type { ProviderWaits } from '@aggregator/providers';
import type { Target } from '@aggregator/routing';
import type { ProxyConfig } from '../config.ts';
import type { CallLimits } from '../upstream/call-clock.ts';

/** An answer that comes slower than this in each idle limit is given up while another provider is left. */
const urgentLifeBytes = 100;
/** Limits of a provider that declares no waits. */
const noWaits: ProviderWaits = { firstLifeMs: null, idleMs: null };

type Timeouts = Pick<
  ProxyConfig,
  | 'firstTokenTimeoutMs'
  | 'idleTimeoutMs'
  | 'failoverAnswerTimeoutMs'
  | 'failoverFirstTokenTimeoutMs'
  | 'failoverIdleTimeoutMs'
>;

interface LimitedCall {
  readonly deadlineMs: number;
  readonly isStreamed: boolean;
  /** True if the short limits of failover apply. */
  readonly isUrgent: boolean;
  readonly candidate: Pick<Target['candidate'], 'adapter' | 'model'>;
}

/**
 * Returns the limits of one call. While another provider is left, silence is short; for the last one the deadline counts, and what
 * the operator set. The waits of the provider take the place of the installation's. A plain answer comes in one piece when the model
 * is done, so that its first byte may take as long as a whole answer does.
 */
export function limitsOf(config: Timeouts, { deadlineMs, isStreamed, isUrgent, candidate }: LimitedCall): CallLimits {
  const { firstLifeMs: firstOwnMs, idleMs: idleOwnMs } = candidate.adapter.waits ?? noWaits;
  const idleLastMs = idleOwnMs ?? config.idleTimeoutMs;
  if (!isUrgent) {
    const lastMs = isStreamed ? (firstOwnMs ?? config.firstTokenTimeoutMs) : undefined;
    return { deadlineMs, firstLifeMs: lastMs ?? Number.POSITIVE_INFINITY, idleMs: idleLastMs };
  }
  const firstMs = isStreamed ? (firstOwnMs ?? config.failoverFirstTokenTimeoutMs) : config.failoverAnswerTimeoutMs;
  const firstLifeMs = Math.max(firstMs, candidate.model.firstLifeMs ?? 0);
  const idleMs = idleOwnMs ?? Math.min(config.failoverIdleTimeoutMs, idleLastMs);
  return { deadlineMs, firstLifeMs, idleMs, lifeBytes: urgentLifeBytes };
}
