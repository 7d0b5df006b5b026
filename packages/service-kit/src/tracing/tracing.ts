import type { Tracing } from './port.ts';

export interface TracingChoice {
  readonly otlpEndpoint: string | undefined;
  readonly tracesSampleRatio: number;
}

/**
 * Null without an endpoint: then nothing of OpenTelemetry is loaded, and a request costs one comparison for each step.
 * @param isOutermost true where requests come from outside, whose wish to be sampled does not count
 */
export async function openTracing(
  { otlpEndpoint, tracesSampleRatio }: TracingChoice,
  service: string,
  isOutermost = false,
): Promise<Tracing | null> {
  if (otlpEndpoint === undefined) return null;
  const { createOtlpTracing } = await import('./open-telemetry.ts');
  return createOtlpTracing({ endpoint: otlpEndpoint, sampleRatio: tracesSampleRatio, service, isOutermost });
}
