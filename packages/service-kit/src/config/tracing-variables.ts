import { z } from 'zod';
import { variable } from './read-config.ts';

/** Read by the services that take part in traces: gateway, proxy, billing. */
export const tracingVariables = {
  otlpEndpoint: variable(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    z.url({ protocol: /^https?$/ }).optional(),
    'Base URL of an OpenTelemetry receiver (OTLP over HTTP, `/v1/traces` is added). Unset, there are no traces, at no cost. `OTEL_EXPORTER_OTLP_HEADERS` holds headers for it, as for every OpenTelemetry program.',
  ),
  tracesSampleRatio: variable(
    'OTEL_TRACES_SAMPLER_ARG',
    z.coerce.number().min(0).max(1).default(1),
    'Part of the requests that is traced, from 0 to 1. The gateway decides; proxy and billing follow.',
  ),
} as const;
