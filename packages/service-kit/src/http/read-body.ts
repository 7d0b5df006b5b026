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
    let chunks: Buffer[] = [];
    let length = 0;
    const cut = (error: unknown) => {
      request.off('data', take).pause();
      chunks = [];
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
        chunks.push(chunk);
      } catch (error) {
        cut(error);
      }
    };
    observer.onStart?.(cut);
    request.on('data', take);
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)));
    request.once('error', (cause) => reject(new AppError('request_cancelled', { cause })));
    // Every request closes; an error for those that had ended would cost more than reading their bodies.
    request.once('close', () => {
      if (!request.readableEnded) reject(new AppError('request_cancelled'));
    });
  });
}
