import type { IncomingMessage } from 'node:http';
import { AppError } from '@aggregator/contracts';

/** The hands on a body while it arrives. What `onBytes` throws ends the reading. */
export interface BodyObserver {
  /** The length so far, after each piece. */
  onBytes?(length: number): void;
  /** Takes the function that ends the reading with an error. */
  onStart?(cut: (error: AppError) => void): void;
}

/**
 * Reads a request's body whole, up to `bytesMax`, by its declared length and by what really comes. Refuses compressed
 * bodies and types other than JSON. Throws AppError; after `request_too_large` the connection must be closed.
 */
export function readJsonBytes(
  request: IncomingMessage,
  bytesMax: number,
  observer: BodyObserver = {},
): Promise<Buffer> {
  // It closed before it was read: no event will say so again, and the promise would never settle.
  if (request.destroyed) return Promise.reject(new AppError('request_cancelled'));
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/(?:[a-z.]+\+)?json\s*(?:;|$)/i.test(type)) {
    return Promise.reject(new AppError('unsupported_media_type'));
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return Promise.reject(new AppError('unsupported_media_type'));
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) return Promise.reject(new AppError('request_too_large'));

  return new Promise((resolve, reject) => {
    const gathered = new GatheredBytes(declared);
    let length = 0;
    const cut = (error: unknown) => {
      request.off('data', take).pause();
      gathered.clear();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) {
        cut(new AppError('request_too_large'));
        return;
      }
      try {
        observer.onBytes?.(length);
        gathered.add(chunk);
      } catch (error) {
        cut(error);
      }
    };
    observer.onStart?.(cut);
    request.on('data', take);
    request.once('end', () => resolve(gathered.join()));
    request.once('error', (cause) => reject(new AppError('request_cancelled', { cause })));
    // Every request closes; an error for those that had ended would cost more than reading their bodies.
    request.once('close', () => {
      if (!request.readableEnded) reject(new AppError('request_cancelled'));
    });
  });
}

/** The pieces of a body. One of a declared length is copied piece by piece: joining a large one at its end takes long. */
class GatheredBytes {
  readonly #declared: number;
  #whole: Buffer | null = null;
  #chunks: Buffer[] = [];
  #length = 0;

  /** 0 if the length is not known. */
  constructor(declared: number) {
    this.#declared = declared;
  }

  add(chunk: Buffer): void {
    if (this.#whole === null && this.#declared > this.#length + chunk.length) {
      this.#whole = Buffer.allocUnsafeSlow(this.#declared);
    }
    if (this.#whole === null) this.#chunks.push(chunk);
    else chunk.copy(this.#whole, this.#length);
    this.#length += chunk.length;
  }

  join(): Buffer {
    const [first] = this.#chunks;
    if (this.#whole !== null) return this.#whole.subarray(0, this.#length);
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#length);
  }

  clear(): void {
    this.#whole = null;
    this.#chunks = [];
  }
}
