import type { ErrorCode, ProviderTraffic, ProxyReport } from '@aggregator/contracts';

/** No answer to a list of models can be worse than these: no request reaches the provider. */
const unreachable: ReadonlySet<string> = new Set<ErrorCode | 'invalid_base_url'>([
  'upstream_unreachable',
  'invalid_base_url',
]);

/**
 * True if proxies have had whole answers of the provider within the last minute, more often than failures: then a probe that
 * failed says something of the list of models, and nothing of chats. A provider that no probe reaches is not outranked.
 *
 * @param reason Why the probe failed.
 * @param reports The last word of every proxy.
 */
export function servesLive(
  provider: string,
  reason: string,
  reports: readonly { readonly report: Pick<ProxyReport, 'providers'> }[],
): boolean {
  if (unreachable.has(reason)) return false;
  const traffic = reports.flatMap(({ report }) => report.providers.filter((one) => one.provider === provider));
  const failures = sum(traffic, 'failures');
  return traffic.some(({ p95Ms }) => p95Ms !== null) && failures * 2 < sum(traffic, 'attempts');
}

function sum(traffic: readonly ProviderTraffic[], name: 'attempts' | 'failures'): number {
  return traffic.reduce((total, one) => total + one[name], 0);
}
