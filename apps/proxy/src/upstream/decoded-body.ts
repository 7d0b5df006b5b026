import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { AppError } from '@aggregator/contracts';
import type { AnswerHeaders } from './answer-headers.ts';
import { toUnreadable } from './unreadable.ts';

/** What a decoder reads from and writes to: the call under way. */
export interface DecodedBodyOwner {
  /** A decoded part. What it throws ends the body. */
  onDecoded(bytes: Buffer): void;
  /** The last word, once: null after the whole body. */
  onDecodedEnd(error: AppError | null): void;
  /** The decoder does not keep up, or does again. */
  onFull(isFull: boolean): void;
}

/** Above this, a body that unfolds to more than a hundredfold is a bomb. Text of models unfolds to 3 to 20 times its bytes. */
const freeBytes = 8 * 1024 * 1024;
const ratioMax = 100;

const decoders: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  // RFC 9110 §8.4.1.2: zlib's form, which some servers leave out.
  deflate: (first) =>
    ((first[0] ?? 0) % 16 === 8 ? createInflate : createInflateRaw)({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ flush: constants.ZSTD_e_flush }),
};

/** The coding of a body: null for none, and `unknown` for one, or several, that cannot be decoded here. */
export function readCoding(headers: AnswerHeaders): string | null {
  const encoding = String(headers['content-encoding'] ?? '')
    .trim()
    .toLowerCase();
  if (encoding === '' || encoding === 'identity') return null;
  const name = encoding === 'x-gzip' ? 'gzip' : encoding;
  return Object.hasOwn(decoders, name) ? name : 'unknown';
}

/**
 * Decodes a body that a provider compressed although it was not asked to. Parts come out as they come in, so that a compressed
 * stream stays a stream. Bounded by the ratio of both; what is kept of it is bounded by its reader.
 * Source: RFC 9110 §8.4, RFC 8878 for zstd.
 */
export class DecodedBody {
  readonly #coding: string;
  readonly #owner: DecodedBodyOwner;
  #decoder: Transform | null = null;
  #bytesIn = 0;
  #bytesOut = 0;
  #isOver = false;

  constructor(coding: string, owner: DecodedBodyOwner) {
    this.#coding = coding;
    this.#owner = owner;
  }

  write(bytes: Buffer): void {
    if (this.#isOver || bytes.length === 0) return;
    this.#bytesIn += bytes.length;
    this.#decoder ??= this.#open(bytes);
    if (!this.#decoder.write(bytes)) this.#owner.onFull(true);
  }

  end(): void {
    if (this.#decoder === null) this.#finish(null);
    else this.#decoder.end();
  }

  /** Nothing more comes out of it, and its owner is not called any more. */
  destroy(): void {
    this.#isOver = true;
    this.#decoder?.destroy();
  }

  #open(first: Buffer): Transform {
    const create = decoders[this.#coding];
    if (create === undefined) throw new RangeError(`no decoder for ${this.#coding}`);
    const decoder = create(first);
    decoder.on('data', this.#take);
    decoder.once('end', () => this.#finish(null));
    decoder.on('drain', () => this.#owner.onFull(false));
    decoder.on('error', (cause: Error) => {
      const isCut = 'code' in cause && cause.code === 'Z_BUF_ERROR';
      const code = isCut ? 'upstream_stream_cut' : 'upstream_invalid_response';
      this.#finish(new AppError(code, { internal: `${this.#coding}: ${cause.message}`, cause }));
    });
    return decoder;
  }

  readonly #take = (bytes: Buffer): void => {
    if (this.#isOver) return;
    this.#bytesOut += bytes.length;
    if (this.#bytesOut > freeBytes && this.#bytesOut > this.#bytesIn * ratioMax) {
      this.#finish(toUnreadable(`${this.#coding}: unfolds too far`));
      return;
    }
    this.#owner.onDecoded(bytes);
  };

  #finish(error: AppError | null): void {
    if (this.#isOver) return;
    this.destroy();
    this.#owner.onDecodedEnd(error);
  }
}
