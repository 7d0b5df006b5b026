import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '@aggregator/contracts';

/** One request to us, once it is known who asks. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** UUID; the id of everything that follows from this request. */
  readonly requestId: string;
  readonly principal: Principal;
  /** When it came, on the monotonic clock. */
  readonly startedMs: number;
}
