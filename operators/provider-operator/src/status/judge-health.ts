import type { ProviderStatus } from '@aggregator/contracts';
import type { Traffic } from './judge-credentials.ts';
import { fails, holds, isOpen, type Judgement } from './judgement.ts';

/** Pure. What live traffic says weighs more than a probe; its figures are no part of the message, since they never rest. */
export function judgeHealth(traffic: Traffic | undefined): Judgement {
  if (traffic?.breaker === 'open') return fails('BreakerOpen', 'Proxies skip it, for its requests fail.');
  if (traffic?.health.state === 'unhealthy') {
    return fails('ProbeFailed', `The last probes failed: ${traffic.health.reason ?? 'no answer'}.`);
  }
  if (traffic?.health.state === 'healthy') return holds('ProbeSucceeded', 'It answers probes.');
  if (traffic !== undefined && traffic.attempts > traffic.failures) {
    return holds('RequestsSucceed', 'Requests to it succeed.');
  }
  return isOpen('NoRecentTraffic', 'Neither a probe nor a request has told yet.');
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
