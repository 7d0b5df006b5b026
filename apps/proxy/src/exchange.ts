import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal, RequestFingerprint, Tags } from '@aggregator/contracts';
import type { TraceSpan } from '@aggregator/service-kit';
import type { RequestLimits } from './money/request-limits.ts';
import type { Place } from './routes/room.ts';

/** One request to us, once it is known who asks. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The whole body, if it was read before. */
  readonly body?: Buffer;
  /** UUID; the id of everything that follows from this request. */
  readonly requestId: string;
  readonly principal: Principal;
  /** What it takes of the limits of requests. */
  readonly limits: RequestLimits;
  /** What it has of the proxy's room. */
  readonly place: Place;
  /** The model that the client asked for, once the body is read. */
  askedModel?: string;
  /** For whom the caller asks; absent if it does not say, or if its end users have no budgets. */
  endUser?: string;
  /** Tags of its usage; absent if it has none. */
  tags?: Tags;
  /** By what billing recognises equal requests; absent if it has none. */
  fingerprint?: RequestFingerprint;
  /** When it came, on the monotonic clock. */
  readonly startedMs: number;
  /** Null while traces are off. */
  readonly span: TraceSpan | null;
}
