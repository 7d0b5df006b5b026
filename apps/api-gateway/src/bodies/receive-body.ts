import type { IncomingMessage } from 'node:http';
import { AppError } from '@aggregator/contracts';
import type { Claim, FairPool, ShareRefusal } from '@aggregator/service-kit';
import { toShareError } from '../shares/claims.ts';
import { BlockList } from './block-list.ts';
import type { BodyWatch } from './body-watch.ts';
import { ReceivedBody } from './received-body.ts';

export interface ReceiveOptions {
  readonly pool: FairPool;
  readonly claims: readonly Claim[];
  readonly watch: BodyWatch;
  readonly bytesMax: number;
  /** The least that a body counts, for its connection and its bookkeeping. */
  readonly bytesMin: number;
  /** Given, a body without room takes the place of the body that this owner has been sending for longest. */
  readonly evictFor?: string;
  readonly onRefused: (pool: FairPool, refusal: ShareRefusal) => void;
}

/** Room is taken in such steps while a body arrives, for any declared length. */
const stepBytes = 64 * 1024;

/**
 * Receives a request's body whole before anything is sent on, so that a slow client holds its own connection and no other.
 * Takes room as the bytes arrive. Rejects with `request_too_large`, `request_timeout` if it arrives too slowly,
 * `rate_limit_exceeded` or `service_unavailable` without room, and `request_cancelled` if the client leaves. The body must
 * be closed.
 */
export function receiveBody(request: IncomingMessage, options: ReceiveOptions): Promise<ReceivedBody> {
  // It closed while the caller was looked up: no event will say so again.
  if (request.destroyed) return Promise.reject(new AppError('request_cancelled'));
  const declared = readDeclaredLength(request);
  if (declared !== null && declared > options.bytesMax) return Promise.reject(new AppError('request_too_large'));
  const share = options.pool.open(options.claims);
  try {
    takeRoom(Math.max(options.bytesMin, Math.min(declared ?? 1, stepBytes)));
    // Without room for the rest now, the upload would be in vain.
    if (declared !== null && declared > share.taken) refuse(share.judge(declared - share.taken));
  } catch (error) {
    share.close();
    return Promise.reject(error);
  }

  const blocks = new BlockList(declared, stepBytes);
  return new Promise((resolve, reject) => {
    let isOver = false;
    const arriving = {
      owner: options.evictFor ?? '',
      receivedBytes: 0,
      cut: () => fail(new AppError('request_timeout')),
    };
    const leave = options.watch.enter(arriving);
    const fail = (error: unknown) => {
      if (isOver) return;
      isOver = true;
      leave();
      request.off('data', take);
      share.close();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      try {
        if (blocks.length + chunk.length > options.bytesMax) throw new AppError('request_too_large');
        const wanted = blocks.length + chunk.length - share.taken;
        if (wanted > 0) takeRoom(Math.max(wanted, Math.min(stepBytes, (declared ?? options.bytesMax) - share.taken)));
        blocks.add(chunk);
        arriving.receivedBytes = blocks.length;
      } catch (error) {
        fail(error);
      }
    };
    request.on('data', take);
    request.once('end', () => {
      if (isOver) return;
      isOver = true;
      leave();
      resolve(new ReceivedBody(blocks, share));
    });
    // Every request closes; an error for those that had ended would cost more than reading their bodies.
    request.once('close', () => {
      if (!request.readableEnded) fail(new AppError('request_cancelled'));
    });
  });

  function takeRoom(bytes: number): void {
    let refusal = share.take(bytes);
    if (refusal !== null && options.evictFor !== undefined && options.watch.cutOldest(options.evictFor)) {
      refusal = share.take(bytes);
    }
    refuse(refusal);
  }

  function refuse(refusal: ShareRefusal | null): void {
    if (refusal === null) return;
    options.onRefused(options.pool, refusal);
    throw toShareError(options.pool, refusal);
  }
}

/** Null for a chunked body. */
function readDeclaredLength({ headers }: IncomingMessage): number | null {
  const declared = headers['content-length'];
  if (declared !== undefined) return Number(declared);
  return headers['transfer-encoding'] === undefined ? 0 : null;
}
