import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { AppError } from '@aggregator/contracts';
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware';
import type { ReceivedRequest } from './received-request.ts';
import { type ExchangeDeadlines, type ExchangeEnd, ServiceExchange } from './service-exchange.ts';
import type { UnreadBytes } from './unread-bytes.ts';

export interface ForwarderOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  /** As many as requests at once, so that no request waits for a connection. */
  readonly connectionsMax: number;
  readonly deadlines: ExchangeDeadlines;
}

/** Less than the 65 s for which a service keeps an idle connection. */
const keepAliveMaxMs = 30_000;

/** http-proxy-middleware in front of one service, with the connections to it. */
export class ServiceForwarder {
  readonly #deadlines: ExchangeDeadlines;
  readonly #agent: Agent;
  readonly #middleware: RequestHandler<IncomingMessage, ServerResponse>;
  readonly #exchanges = new WeakMap<IncomingMessage, ServiceExchange>();

  constructor({ origin, connectionsMax, deadlines }: ForwarderOptions) {
    this.#deadlines = deadlines;
    const bounds = { keepAlive: true, maxSockets: connectionsMax, timeout: keepAliveMaxMs };
    this.#agent = origin.startsWith('https:') ? new TlsAgent(bounds) : new Agent(bounds);
    const fail = (cause: Error, request: IncomingMessage) => this.#exchanges.get(request)?.fail(cause);
    this.#middleware = createProxyMiddleware<IncomingMessage, ServerResponse>({
      target: origin,
      agent: this.#agent,
      changeOrigin: true,
      xfwd: false,
      // Otherwise every header of the service reaches the client.
      selfHandleResponse: true,
      on: {
        proxyReq: (call, request) => this.#exchanges.get(request)?.begin(call),
        proxyRes: (answer, request) => this.#exchanges.get(request)?.relay(answer),
        error: fail,
        // A connection that was reset after the client left.
        econnreset: fail,
      },
    });
  }

  /** Sends the request, and the answer to `response`, which must have no head yet. Never rejects. */
  async forward(request: ReceivedRequest, response: ServerResponse, unread: UnreadBytes): Promise<ExchangeEnd> {
    if (response.destroyed) return { failure: new AppError('request_cancelled'), isDispatched: false };
    const exchange = new ServiceExchange(response, unread, this.#deadlines);
    this.#exchanges.set(request, exchange);
    // Not awaited: it resolves when the response closes, and a recorded response never closes.
    void this.#middleware(request, response, (cause) => exchange.fail(cause ?? new Error('not forwarded')));
    return await exchange.end;
  }

  /** Ends every connection. */
  close(): void {
    this.#agent.destroy();
  }
}
