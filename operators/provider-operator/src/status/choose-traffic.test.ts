import type { ProviderStatus } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { chooseTraffic } from './choose-traffic.ts';

type Traffic = NonNullable<ProviderStatus['traffic']>;

const quiet: Traffic = { breaker: 'Closed', inFlight: 0 };
const busy: Traffic = { breaker: 'Closed', p95: '8ms', errors: '0%', inFlight: 3 };
const justNow = 1000;
const minute = 60_000;

describe('figures of a provider', () => {
  it.each([
    ['there were none before', undefined, quiet, false],
    ['they are the first', quiet, busy, false],
    ['the breaker has opened', busy, { ...busy, breaker: 'Open' as const }, false],
    ['the last request of a draining provider has ended', busy, { ...busy, inFlight: 0 }, true],
  ])('are reported at once if %s', (_case, before, latest, isDraining) => {
    expect(chooseTraffic(before, latest, justNow, isDraining)).toEqual({ shown: latest, againAfterMs: null });
  });

  it('are reported once a minute if they only change, and every five seconds while it drains', () => {
    const latest = { ...busy, p95: '9ms' };
    expect(chooseTraffic(busy, latest, justNow, false)).toEqual({ shown: busy, againAfterMs: minute - justNow });
    expect(chooseTraffic(busy, latest, justNow, true)).toEqual({ shown: busy, againAfterMs: 4000 });
    expect(chooseTraffic(busy, latest, minute, false)).toEqual({ shown: latest, againAfterMs: null });
  });

  it('are left as they are where nothing has changed', () => {
    expect(chooseTraffic(busy, { ...busy }, 10 * minute, false)).toEqual({ shown: busy, againAfterMs: null });
  });
});
