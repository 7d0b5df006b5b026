import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { conventions, toConventions } from './conventions.ts';
import type { TraceSpan, Tracing } from './port.ts';

/** The only importer of OpenTelemetry; `openTracing` loads it where traces are on. */
export interface OtlpTracingOptions {
  /** Base URL of an OTLP/HTTP receiver, without `/v1/traces`. */
  endpoint: string;
  /** Part of the traces that is kept, 0…1. */
  sampleRatio: number;
  service: string;
  isOutermost: boolean;
}

const queueMax = 4096;
const exportTimeoutMs = 5000;
const closeMs = 5000;
const attributeCharsMax = 256;
const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };
const headerForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const sampledFlag = 1;

export function createOtlpTracing({ endpoint, sampleRatio, service, isOutermost }: OtlpTracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  });
  const root = byChance(sampleRatio);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'aggregator' }),
    sampler: isOutermost ? root : new ParentBasedSampler({ root }),
    spanLimits: { attributeValueLengthLimit: attributeCharsMax },
    spanProcessors: [
      new BatchSpanProcessor({ exporter, maxQueueSize: queueMax, exportTimeoutMillis: exportTimeoutMs }),
    ],
  });
  const tracer = provider.getTracer('aggregator');
  return {
    begin(name, kind, parent, attributes) {
      const options = { kind: kinds[kind], attributes: toConventions(attributes) };
      return toTraceSpan(tracer.startSpan(name, options, readParent(parent)));
    },
    async close() {
      // A receiver that hangs must not hold up a stop.
      const late = new Promise<void>((resolve) => void setTimeout(resolve, closeMs).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

/** By chance, not by the trace's id: a client chooses that. */
function byChance(ratio: number): Sampler {
  return {
    shouldSample: () => ({
      decision: Math.random() < ratio ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }),
    toString: () => `by chance of ${ratio}`,
  };
}

function readParent(header: Parameters<Tracing['begin']>[2]): Context {
  const [, traceId, spanId, flags] = (typeof header === 'string' ? headerForm.exec(header) : null) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & sampledFlag;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function toTraceSpan(span: Span): TraceSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    end(attributes, error) {
      span.setAttributes(toConventions(attributes));
      if (error !== null) {
        span.setAttribute(conventions.errorType, error);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}
