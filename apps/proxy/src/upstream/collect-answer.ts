import { AppError } from '@aggregator/contracts';
import type { AnswerHeaders, ProviderSink } from './call-provider.ts';

export interface CollectedAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** UTF-8. */
  readonly body: string;
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
  readonly #onBytes: () => void;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #status = 0;
  #headers: AnswerHeaders = {};

  /** `onBytes` is told of each sign of life, which a head alone is not. */
  constructor(onBytes: () => void = () => undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<CollectedAnswer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onBytes = onBytes;
  }

  onHead(status: number, headers: AnswerHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onData(bytes: Buffer): void {
    this.#onBytes();
    const isSuccess = isSuccessStatus(this.#status);
    if (!isSuccess && this.#length >= errorBytesMax) return;
    this.#length += bytes.length;
    if (this.#length > successBytesMax) {
      throw new AppError('upstream_invalid_response', { internal: `more than ${successBytesMax} bytes` });
    }
    this.#chunks.push(bytes);
  }

  onEnd(): void {
    this.#finish();
  }

  onError(error: AppError): void {
    // A refusal whose body breaks off is a refusal all the same.
    if (this.#status !== 0 && !isSuccessStatus(this.#status)) this.#finish();
    else this.#reject(error);
  }

  #finish(): void {
    const bytes = Buffer.concat(this.#chunks, this.#length);
    const body = isSuccessStatus(this.#status) ? bytes : bytes.subarray(0, errorBytesMax);
    this.#resolve({ status: this.#status, headers: this.#headers, body: body.toString() });
  }
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
