import type { ProviderEndpoint } from '@aggregator/providers';

/** The call as a part of its trace, by W3C's header; unchanged without one. */
export function withTrace(endpoint: ProviderEndpoint, traceparent: string | null | undefined): ProviderEndpoint {
  if (traceparent == null) return endpoint;
  return { ...endpoint, headers: { ...endpoint.headers, traceparent } };
}
