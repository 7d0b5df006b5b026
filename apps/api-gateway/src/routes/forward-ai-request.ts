import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, principalHeader, requestIdHeader } from '@aggregator/contracts';
import type { ApiGatewayContext } from '../context.ts';
import { toForwardHeaders } from '../forward/allowed-headers.ts';
import { sendToProxy } from '../forward/send-to-proxy.ts';
import { writeStreamError } from '../forward/write-stream-error.ts';
import type { Authenticated } from '../middleware/authenticate.ts';
import type { AiRoute } from './route-table.ts';

export interface Forwarding {
  readonly requestId: string;
  readonly path: string;
  /** What the answer has beside the proxy's headers: names and values in turn. */
  readonly ownHeaders: readonly string[];
}

/** Below this a body is read whole first, so that head and body leave in one write. */
const gatherBytesMax = 64 * 1024;

/**
 * Sends an AI request to a proxy and its answer back. Resolves when the answer is over; rejects with what to tell the
 * client where no answer has begun.
 */
export async function forwardAiRequest(
  context: ApiGatewayContext,
  route: AiRoute,
  caller: Authenticated,
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, path, ownHeaders }: Forwarding,
): Promise<void> {
  const headers = toForwardHeaders(request.headers);
  headers[requestIdHeader] = requestId;
  headers[principalHeader] = await context.signer.signPrincipal(caller.principal, 'proxy');
  const body = await readForwardBody(request, headers, context.config.requestBytesMax);
  if (response.destroyed) throw new AppError('request_cancelled');

  const method = request.method === 'GET' ? 'GET' : 'POST';
  const toStreamError = (reason: AppError) => writeStreamError(route, path, reason, requestId);
  await sendToProxy(context, { method, path, headers, body }, { response, ownHeaders, toStreamError });
}

/** Nothing for a GET, the bytes of a small body, the stream of a large one; its length is checked before any of it is sent. */
async function readForwardBody(
  request: IncomingMessage,
  headers: Record<string, string>,
  bytesMax: number,
): Promise<Buffer | IncomingMessage | null> {
  if (request.method === 'GET') return null;
  const declared = request.headers['content-length'];
  if (declared === undefined) return request;
  const length = Number(declared);
  if (length > bytesMax) throw new AppError('request_too_large');
  headers['content-length'] = declared;
  return length <= gatherBytesMax ? readAll(request) : request;
}

function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    // Every request closes; an error for those that had ended would cost more than reading their bodies.
    request.once('close', () => {
      if (!request.readableEnded) reject(new AppError('request_cancelled'));
    });
  });
}
