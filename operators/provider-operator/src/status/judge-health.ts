import type { ProviderStatus } from '@aggregator/contracts';
import type { Traffic } from './judge-credentials.ts';
import { conditionFalse, conditionTrue, conditionUnknown, type Judgement } from './judgement.ts';

/**
 * Pure. What live traffic says weighs more than a probe; its figures are no part of the message, since they never rest.
 */
export function judgeHealth(traffic: Traffic | undefined): Judgement {
  if (traffic?.breaker === 'open')
    return conditionFalse('BreakerOpen', 'Circuit breakers are open: recent requests to this provider failed.');
  if (traffic?.health.state === 'unhealthy') {
    return conditionFalse('ProbeFailed', `The last probes failed: ${traffic.health.reason ?? 'no answer'}.`);
  }
  if (traffic?.health.state === 'healthy') return conditionTrue('ProbeSucceeded', 'It answers probes.');
  if (traffic !== undefined && traffic.attempts > traffic.failures) {
    return conditionTrue('RequestsSucceed', 'Requests to it succeed.');
  }
  return conditionUnknown('NoRecentTraffic', 'No probe or request has completed yet.');
}

type ShownTraffic = NonNullable<ProviderStatus['traffic']>;

const breakers = { closed: 'Closed', half_open: 'HalfOpen', open: 'Open' } as const;

/** As `kubectl get` shows it: `412ms`, `1.5%`. */
export function toShownTraffic(traffic: Traffic): ShownTraffic {
  const { attempts, failures, p95Ms, inFlight } = traffic;
  return {
    breaker: breakers[traffic.breaker],
    ...(p95Ms !== null && { p95: `${p95Ms}ms` }),
    ...(attempts > 0 && { errors: `${Math.round((1000 * failures) / attempts) / 10}%` }),
    inFlight,
  };
}
