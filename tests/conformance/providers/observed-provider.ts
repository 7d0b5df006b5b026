import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type FakeProviderServer, startFakeProvider } from '@aggregator/fake-providers';
import type { Fault } from './fault-word.ts';

/** What the provider refused, in its own words. */
export interface SeenRefusal {
  path: string;
  status: number;
  body: string;
}

const refusalsMax = 1000;
const bodyCharactersMax = 500;
const credentialHeaders = ['authorization', 'x-api-key', 'x-goog-api-key'] as const;

/** A fake provider on a separate port, and the requests that it rejected although no fault was set. */
export class ObservedProvider {
  /** What it is made to do, for ever; null: it answers. */
  fault: Fault | null = null;
  readonly #refusals: SeenRefusal[] = [];
  readonly #listener: RequestListener;
  #server: FakeProviderServer | null = null;

  constructor(listener: RequestListener) {
    this.#listener = listener;
  }

  /** Returns its base URL, without a path. */
  async start(): Promise<string> {
    this.#server = await startFakeProvider((request, response) => this.#serve(request, response));
    return this.#server.url;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** Requests that it refused since it was last asked: each is one that its vendor would not take. */
  takeRefusals(): SeenRefusal[] {
    return this.#refusals.splice(0);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (this.fault === 'credential') {
      for (const name of credentialHeaders) {
        if (request.headers[name] !== undefined) request.headers[name] = 'Bearer wrong';
      }
    }
    if (this.fault === null) this.#watch(request, response);
    this.#listener(request, response);
  }

  #watch(request: IncomingMessage, response: ServerResponse): void {
    const refusals = this.#refusals;
    response.end = new Proxy(response.end, {
      apply(end, self, parameters: Parameters<typeof response.end>) {
        if (response.statusCode >= 400 && refusals.length < refusalsMax) {
          const body = String(parameters[0] ?? '').slice(0, bodyCharactersMax);
          refusals.push({ path: request.url ?? '', status: response.statusCode, body });
        }
        return Reflect.apply(end, self, parameters);
      },
    });
  }
}
