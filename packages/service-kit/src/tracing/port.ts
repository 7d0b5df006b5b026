import type { TraceAttributes } from './conventions.ts';

/** One step of a request in a trace. */
export interface TraceSpan {
  /** The W3C header that makes the next step a child of this one: 55 characters. */
  readonly traceparent: string;
  /** Attributes that are known only now. `error`: a code of the catalogue; null if the step succeeded. */
  end(attributes: TraceAttributes, error: string | null): void;
}

/** Where the steps of requests are sent. The context of a service has null in its place while traces are off. */
export interface Tracing {
  /** `parent`: a `traceparent` header as it came; undefined or malformed, the step begins a trace. */
  begin(
    name: string,
    kind: 'server' | 'client' | 'consumer',
    parent: string | string[] | undefined | null,
    attributes: TraceAttributes,
  ): TraceSpan;
  /** Sends what waits, within a bounded time. */
  close(): Promise<void>;
}
