import type { ServerResponse } from 'node:http';
import type { AppError } from '@aggregator/contracts';
import type { NativeTrace } from '@aggregator/surfaces';
import { DeliveredLog } from './delivered-log.ts';
import { StreamWriter } from './stream-writer.ts';

/** Chat completion chunks in, text of the caller's event stream out. One for each beginning of an answer. */
export interface ChunkEncoder {
  /** JSON text of a chunk. */
  push(chunk: string): string;
  /** The last chunk, with our additions, and the stream's terminator. */
  end(last: Readonly<Record<string, unknown>> | null): string;
  fail(error: AppError): string;
  /** A chunk of an answer that goes to the client as the provider gave it: it is heard, and nothing is written. */
  listen(chunk: string): void;
  /** Such chunks once more, before a chunk that is to be written behind them. */
  catchUp(chunks: readonly string[], trace: NativeTrace | null): void;
}

export interface ClientStreamOptions<Encoder extends ChunkEncoder> {
  readonly pingIntervalMs: number;
  readonly stallTimeoutMs: number;
  createEncoder(): Encoder;
}

/** What the attempt under way hears of the client. */
export interface ClientListener {
  /** The client does not keep up; nothing more should be read. */
  onStalled(): void;
  onDrained(): void;
  onLeft(): void;
}

const heldBackMax = 256 * 1024;
const deliveredMax = 64 * 1024;

/**
 * The client's side of a streamed answer, over all attempts. Before the first life everything is held back, up to a bound,
 * so that another target can still begin afresh; after it what has come goes out in one write for each turn.
 */
export class ClientStream<Encoder extends ChunkEncoder = ChunkEncoder> {
  readonly delivered = new DeliveredLog(deliveredMax);
  readonly #response: ServerResponse;
  readonly #options: ClientStreamOptions<Encoder>;
  readonly #writer: StreamWriter;
  #encoder: Encoder;
  #listener: ClientListener | null = null;
  #pending = '';
  #isGateOpen = false;
  #isFlushQueued = false;
  #hasDelivered = false;
  #hasUntranslated = false;
  /** The encoder has not written what the client has had. */
  #isBehind = false;
  #trace: NativeTrace | null = null;
  #isOver = false;

  constructor(response: ServerResponse, options: ClientStreamOptions<Encoder>) {
    this.#response = response;
    this.#options = options;
    this.#encoder = options.createEncoder();
    const { pingIntervalMs, stallTimeoutMs } = options;
    this.#writer = new StreamWriter(response, { pingIntervalMs, stallTimeoutMs });
    response.on('close', this.#leave).on('drain', this.#drain);
  }

  /** What is between the provider's chunks and the client since the answer's beginning. */
  get encoder(): Encoder {
    return this.#encoder;
  }

  /** A head has gone out: no status can be sent any more. */
  get isOpen(): boolean {
    return this.#writer.isOpen;
  }

  /** True if a part of the answer was sent: from here on it can only be continued. */
  get hasDelivered(): boolean {
    return this.#hasDelivered;
  }

  /** The client has had something that chunks do not carry: no other stream can continue the answer. */
  get hasUntranslated(): boolean {
    return this.#hasUntranslated;
  }

  /** The attempt that speaks from now on; `headers` name it if the head has not been sent. */
  attach(listener: ClientListener, headers: Readonly<Record<string, string>>): void {
    this.#listener = listener;
    this.#writer.headers = headers;
  }

  detach(): void {
    this.#listener = null;
  }

  /** Takes a chunk. It goes out at the end of this turn, if there has been life. */
  push(chunk: string): void {
    this.#catchUp();
    this.delivered.add(chunk);
    this.#take(this.#encoder.push(chunk));
  }

  /** Takes text of the caller's stream as the provider wrote it, and the chunks that say the same, as far as chunks can. */
  pass(text: string, chunks: readonly string[], hasUntranslated: boolean, trace: NativeTrace | null): void {
    this.#isBehind = true;
    this.#trace = trace;
    this.#hasUntranslated ||= hasUntranslated;
    for (const chunk of chunks) {
      this.delivered.add(chunk);
      this.#encoder.listen(chunk);
    }
    this.#take(text);
  }

  /** Something for the client has come. */
  openGate(): void {
    if (this.#isGateOpen) return;
    this.#isGateOpen = true;
    this.#queueFlush();
  }

  /**
   * The attempt has failed. What has not gone out is taken back where nothing has; then the next attempt begins afresh.
   */
  breakOff(): void {
    if (this.#isOver) return;
    if (this.#hasDelivered) {
      this.#flush();
      return;
    }
    this.#pending = '';
    this.#isGateOpen = false;
    this.#isBehind = false;
    this.#hasUntranslated = false;
    this.delivered.clear();
    this.#encoder = this.#options.createEncoder();
  }

  /** The rest of a whole answer. */
  end(last: Readonly<Record<string, unknown>> | null): void {
    this.#catchUp();
    this.#close(this.#pending + this.#encoder.end(last));
  }

  /** The same as the provider wrote it. */
  endAsCame(text: string): void {
    this.#close(this.#pending + text);
  }

  /** One error event after what there is. Only where the head is out. */
  fail(error: AppError): void {
    this.#catchUp();
    this.#close(this.#pending + this.#encoder.fail(error));
  }

  /** No more pings, no more listeners; for a stream that receives a status instead. */
  stop(): void {
    this.#isOver = true;
    this.#writer.stop();
    this.#response.off('close', this.#leave).off('drain', this.#drain);
  }

  #take(text: string): void {
    this.#pending += text;
    if (this.#pending.length > heldBackMax) this.#isGateOpen = true;
    this.#queueFlush();
  }

  #catchUp(): void {
    if (this.#isBehind) this.#encoder.catchUp(this.delivered.read() ?? [], this.#trace);
    this.#isBehind = false;
  }

  #close(text: string): void {
    if (this.#isOver) return;
    this.stop();
    this.#writer.end(text);
  }

  #queueFlush(): void {
    if (!this.#isGateOpen || this.#isFlushQueued || this.#pending === '') return;
    this.#isFlushQueued = true;
    // One read of the socket may bring many chunks, each reported by a separate call within this turn.
    process.nextTick(this.#flushLater);
  }

  readonly #flushLater = (): void => {
    this.#isFlushQueued = false;
    this.#flush();
  };

  #flush(): void {
    if (this.#isOver || this.#pending === '' || !this.#isGateOpen) return;
    const text = this.#pending;
    this.#pending = '';
    this.#hasDelivered = true;
    if (!this.#writer.write(text)) this.#listener?.onStalled();
  }

  readonly #drain = (): void => this.#listener?.onDrained();

  readonly #leave = (): void => {
    if (this.#isOver) return;
    this.stop();
    this.#listener?.onLeft();
  };
}
