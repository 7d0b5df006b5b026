import { ServerResponse } from 'node:http';

/** Bytes of a stream that its client may leave in our memory before it is cut off. */
const unreadBytesMax = 1024 * 1024;
/** UTF-16 units of an error's body. */
const errorMax = 64 * 1024;

/**
 * A response that outlives its client. A stream is passed on as long as the client is there; a whole answer is not, because it is
 * read later by its id. The writer does not notice that the client leaves.
 */
export class DetachedResponse extends ServerResponse {
  readonly #client: ServerResponse;
  readonly #isStreamed: boolean;
  #error = '';

  constructor(client: ServerResponse, isStreamed: boolean) {
    super(client.req);
    this.#client = client;
    this.#isStreamed = isStreamed;
  }

  /** The body of an error; empty if the status is no error. */
  get error(): string {
    return this.#error;
  }

  /** Ends the work as if its client had left. */
  cancel(): void {
    if (this.destroyed) return;
    this.destroy();
    this.emit('close');
  }

  override writeHead(status: number, ...rest: readonly unknown[]): this {
    const given = rest.find((part) => typeof part === 'object' && part !== null && !Array.isArray(part)) ?? {};
    super.writeHead(status);
    if (this.#isPassedOn && !this.#client.headersSent) {
      this.#client.writeHead(status, { ...this.getHeaders(), ...given });
    }
    return this;
  }

  override write(chunk: unknown, ..._rest: readonly unknown[]): boolean {
    this.#take(chunk);
    return true;
  }

  override end(...[chunk]: readonly unknown[]): this {
    if (this.writableEnded || this.destroyed) return this;
    if (chunk !== undefined && typeof chunk !== 'function') this.#take(chunk);
    if (this.#isPassedOn) this.#client.end();
    return super.end();
  }

  override setTimeout(_ms: number): this {
    return this;
  }

  get #isPassedOn(): boolean {
    return this.#isStreamed && !this.#client.destroyed;
  }

  #take(chunk: unknown): void {
    if (!this.headersSent) this.writeHead(this.statusCode);
    const text = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk : String(chunk);
    if (this.statusCode >= 400 && this.#error.length < errorMax) this.#error += text.toString();
    if (!this.#isPassedOn) return;
    this.#client.write(text);
    if (this.#client.writableLength > unreadBytesMax) this.#client.destroy();
  }
}
