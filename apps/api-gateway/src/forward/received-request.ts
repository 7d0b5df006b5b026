import { IncomingMessage } from 'node:http';

/** What a service receives: only what the gateway decided to send. */
export interface RequestHead {
  readonly method: string;
  /** Canonical path with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Request whose body the gateway has received whole, as http-proxy-middleware reads requests. */
export class ReceivedRequest extends IncomingMessage {
  readonly #blocks: Iterator<Buffer>;

  /** `client` is the request as it came. Its connection shows whether the client is still there. */
  constructor(client: IncomingMessage, { method, url, headers }: RequestHead, body: Iterable<Buffer>) {
    super(client.socket);
    this.method = method;
    this.url = url;
    this.headers = { ...headers };
    this.httpVersion = client.httpVersion;
    this.httpVersionMajor = client.httpVersionMajor;
    this.httpVersionMinor = client.httpVersionMinor;
    this.#blocks = body[Symbol.iterator]();
  }

  override _read(): void {
    const { done, value } = this.#blocks.next();
    if (done) this.complete = true;
    this.push(done ? null : value);
  }

  /** Leaves the connection open, which Node's own way closes: it belongs to the client. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error);
  }
}
