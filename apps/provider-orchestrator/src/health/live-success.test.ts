import type { ProviderTraffic } from '@aggregator/contracts';
import { expect, it } from '@jest/globals';
import { servesLive } from './live-success.ts';

const traffic = (change: Partial<ProviderTraffic> = {}): ProviderTraffic => ({
  ...{ provider: 'a', breaker: 'closed', attempts: 10, failures: 0, p95Ms: 100, inFlight: 0, unauthorized: 0 },
  ...change,
});
const reports = (...providers: ProviderTraffic[]) => providers.map((one) => ({ report: { providers: [one] } }));

it.each<[string, string, ProviderTraffic[], boolean]>([
  ['a list of models that fails', 'upstream_error (500)', [traffic()], true],
  ['a list of models that redirects', 'upstream_error (302)', [traffic()], true],
  ['a list of models that the key may not read', 'upstream_misconfigured (403)', [traffic()], true],
  ['a list of models that is slow', 'upstream_timeout', [traffic()], true],
  ['a provider that no probe reaches', 'upstream_unreachable', [traffic()], false],
  ['a provider without traffic', 'upstream_error (500)', [], false],
  ['the traffic of another provider', 'upstream_error (500)', [traffic({ provider: 'b' })], false],
  ['a provider without a whole answer', 'upstream_error (500)', [traffic({ p95Ms: null })], false],
  ['a provider that fails live, too', 'upstream_error (500)', [traffic({ failures: 5 })], false],
  [
    'one proxy of two that is served',
    'upstream_error (500)',
    [traffic({ attempts: 2, failures: 2, p95Ms: null }), traffic()],
    true,
  ],
])('weighs live answers against a failed probe: %s', (_, reason, providers, isServed) => {
  expect(servesLive('a', reason, reports(...providers))).toBe(isServed);
});
