import { type IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Share } from '../shares/fair-pool.ts';
import type { KeptAnswer } from './sealed-answer.ts';

/** They belong to one connection or one request, and are no part of the answer. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-request-id',
]);

/**
 * A response that passes everything on to the client's and records it. The end is held back until `release`. If the client
 * leaves, the handler that writes does not notice: the answer is written to its end, into the recording alone.
 */
export class RecordedResponse extends ServerResponse {
  readonly #client: ServerResponse;
  readonly #room: Share;
  readonly #bytesMax: number;
  #chunks: Buffer[] | null = [];
  #bytes = 0;
  #status = 0;
  #headers: Record<string, string | string[]> = {};
  #last: Buffer | null = null;
  #writtenBytes = 0;
  #lengthDeclared = Number.POSITIVE_INFINITY;
  /** With these a client has all that was declared, before the end. */
  readonly #held: Buffer[] = [];

  constructor(request: IncomingMessage, client: ServerResponse, room: Share, bytesMax: number) {
    super(request);
    this.#client = client;
    this.#room = room;
    this.#bytesMax = bytesMax;
    Object.defineProperty(this, 'writableNeedDrain', { get: () => client.writableNeedDrain });
    Object.defineProperty(this, 'writableLength', { get: () => client.writableLength });
    client.on('drain', this.#drain).on('close', this.#drain);
  }

  /** True if it came to its end. */
  get isWhole(): boolean {
    return this.#last !== null;
  }

  /** 0 before the head. */
  get status(): number {
    return this.#status;
  }

  /** Returns what was written; null if it has no end, or there was no room for it. */
  get answer(): KeptAnswer | null {
    if (this.#chunks === null || this.#last === null) return null;
    return { status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) };
  }

  /** Sends the end to the client, if it is still there, and forgets the recording. */
  release(): void {
    this.#client.off('drain', this.#drain).off('close', this.#drain);
    this.#forget();
    if (this.#client.destroyed) return;
    if (this.#last === null) this.#client.destroy();
    else this.#client.end(Buffer.concat([...this.#held, this.#last]));
  }

  override writeHead(status: number, ...rest: readonly unknown[]): this {
    const given = rest.find((part) => typeof part === 'object' && part !== null) ?? {};
    for (const [name, value] of toPairs(given)) this.setHeader(name, value);
    this.#status = status;
    super.writeHead(status);
    const headers = this.getHeaders();
    this.#headers = toKeptHeaders(headers);
    const length = headers['content-length'];
    this.#lengthDeclared = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
    if (!this.#client.destroyed) this.#client.writeHead(status, headers);
    return this;
  }

  override write(chunk: unknown, ..._rest: readonly unknown[]): boolean {
    const bytes = toBytes(chunk);
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.#record(bytes);
    this.#writtenBytes += bytes.length;
    if (this.#writtenBytes >= this.#lengthDeclared) {
      this.#held.push(bytes);
      return true;
    }
    return this.#client.destroyed || this.#client.write(bytes);
  }

  override end(...[chunk]: readonly unknown[]): this {
    if (this.#last !== null) return this;
    const bytes = chunk === undefined || typeof chunk === 'function' ? Buffer.alloc(0) : toBytes(chunk);
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.#record(bytes);
    this.#last = bytes;
    return super.end();
  }

  override setTimeout(ms: number, callback?: () => void): this {
    this.#client.setTimeout(ms, callback);
    return this;
  }

  #record(bytes: Buffer): void {
    if (this.#chunks === null) return;
    if (this.#bytes + bytes.length > this.#bytesMax || this.#room.take(bytes.length) !== null) {
      this.#forget();
      return;
    }
    this.#bytes += bytes.length;
    this.#chunks.push(bytes);
  }

  #forget(): void {
    this.#room.close();
    this.#chunks = null;
  }

  readonly #drain = (): void => {
    this.emit('drain');
  };
}

/** Node takes an object of headers, or a list of names and values in turn. */
function toPairs(given: object): [string, string][] {
  if (!Array.isArray(given)) return Object.entries(given);
  return given.flatMap((name, at) => (at % 2 === 0 ? [[String(name), String(given[at + 1])]] : []));
}

function toKeptHeaders(headers: OutgoingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || ownHeaders.has(name.toLowerCase())) continue;
    kept[name] = Array.isArray(value) ? [...value] : String(value);
  }
  return kept;
}

function toBytes(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk instanceof Uint8Array ? chunk : String(chunk));
}
