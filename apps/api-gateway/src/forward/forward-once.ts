import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Principal, requestIdHeader } from '@aggregator/contracts';
import { type OnceEnd, type OnceVerdict, readIdempotencyKey } from '@aggregator/service-kit';
import type { ReceivedBody } from '../bodies/received-body.ts';
import type { ApiGatewayContext } from '../context.ts';

/** Where a request is sent from, and its answer goes. */
export interface Delivery {
  readonly response: ServerResponse;
  /** In blocks. */
  readonly body: Iterable<Buffer>;
  /** To be called if the service may have read the request. */
  onDispatch(): void;
}

const unavailable = 503;

/**
 * Sends a POST with an `Idempotency-Key` once for its caller; any other request as it is. Answers of this API hold secrets, so
 * no other caller receives them, and the store alone does not reveal them. A caller without a credential has no keys.
 */
export async function forwardOnce(
  { config, once }: Pick<ApiGatewayContext, 'config' | 'once'>,
  principal: Principal | null,
  { request, response, target }: { request: IncomingMessage; response: ServerResponse; target: string },
  body: ReceivedBody,
  send: (delivery: Delivery) => Promise<void>,
): Promise<void> {
  const key = principal !== null && request.method === 'POST' ? readIdempotencyKey(request.headers) : null;
  if (key === null || principal === null) {
    return await send({ response, body: body.takeBlocks(), onDispatch: () => undefined });
  }
  const bytes = body.toBuffer();
  let isDispatched = false;
  const caller = principal.keyId === null ? `user ${principal.userId}` : `key ${principal.keyId}`;
  await once.serve(
    {
      tenant: principal.orgId,
      endpoint: `POST ${target} ${caller}`,
      ...{ key, body: bytes, request, response },
      secret: config.internalSigningKey ?? '',
      requestId: String(response.getHeader(requestIdHeader)),
      judge: (end) => judge(end, isDispatched),
    },
    (recorded) =>
      send({
        response: recorded,
        body: bytes.length > 0 ? [bytes] : [],
        onDispatch() {
          isDispatched = true;
        },
      }),
  );
}

/** A request that was refused changed nothing. One that broke off, or failed inside, may have. */
function judge({ status, isWhole }: OnceEnd, isDispatched: boolean): OnceVerdict {
  if (!isWhole) return isDispatched ? 'forget' : 'release';
  if (status < 400) return 'keep';
  return status < 500 || status === unavailable ? 'release' : 'forget';
}
