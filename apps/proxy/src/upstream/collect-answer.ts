import { AppError } from '@aggregator/contracts';
import type { AnswerHeaders } from './answer-headers.ts';
import type { CallRecord, ProviderSink } from './call-provider.ts';

export interface CollectedAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** UTF-8. */
  readonly body: string;
  /** True if the body of a rejection did not end in time: `body` is what came of it. */
  readonly isHung: boolean;
}

const successBytesMax = 64 * 1024 * 1024;
export const errorBytesMax = 64 * 1024;

/**
 * Gathers a whole answer. A success over 64 MiB is `upstream_invalid_response`; of an error only the first 64 KiB count.
 * `answer` rejects with the AppError of the call.
 */
export class AnswerCollector implements ProviderSink {
  readonly answer: Promise<CollectedAnswer>;
  readonly #resolve: (answer: CollectedAnswer) => void;
  readonly #reject: (error: AppError) => void;
  readonly record: CallRecord | null;
  readonly #onLife: () => void;
  readonly #lifeBytes: number;
  #hasContent = false;
  #bytesSinceLife = 0;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #status = 0;
  #headers: AnswerHeaders = {};

  /**
   * `onLife` is called for the first byte that is no white space, which some providers send to keep a connection open, and then
   * for each `lifeBytes` more. A head alone is no sign of life.
   * `record` is a sink's.
   */
  constructor(onLife: () => void = () => undefined, lifeBytes = 1, record: CallRecord | null = null) {
    const { promise, resolve, reject } = Promise.withResolvers<CollectedAnswer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onLife = onLife;
    this.#lifeBytes = lifeBytes;
    this.record = record;
  }

  onHead(status: number, headers: AnswerHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onData(bytes: Buffer): void {
    this.#noteLife(bytes);
    const isSuccess = isSuccessStatus(this.#status);
    if (!isSuccess && this.#length >= errorBytesMax) return;
    this.#length += bytes.length;
    if (this.#length > successBytesMax) {
      throw new AppError('upstream_invalid_response', { internal: `more than ${successBytesMax} bytes` });
    }
    this.#chunks.push(bytes);
  }

  onEnd(): void {
    this.#finish(false);
  }

  onError(error: AppError): void {
    // A rejection whose body breaks off is a rejection all the same.
    if (this.#status !== 0 && !isSuccessStatus(this.#status)) this.#finish(error.code === 'upstream_timeout');
    else this.#reject(error);
  }

  #noteLife(bytes: Buffer): void {
    if (this.#hasContent) {
      this.#bytesSinceLife += bytes.length;
      if (this.#bytesSinceLife < this.#lifeBytes) return;
    } else if (bytes.every(isWhiteSpace)) return;
    this.#hasContent = true;
    this.#bytesSinceLife = 0;
    this.#onLife();
  }

  #finish(isHung: boolean): void {
    const bytes = Buffer.concat(this.#chunks, this.#length);
    const body = isSuccessStatus(this.#status) ? bytes : bytes.subarray(0, errorBytesMax);
    this.#resolve({ status: this.#status, headers: this.#headers, body: body.toString(), isHung });
  }
}

/** True for the white space of JSON. */
export function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export function isSuccessStatus(status: number): boolean {
  return status >= 200 && status < 300;
}

/** One text for each header, as adapters read them. */
export function flattenHeaders(headers: AnswerHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
