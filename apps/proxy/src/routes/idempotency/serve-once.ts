import { type OnceServer, readIdempotencyKey } from '@aggregator/service-kit';
import type { Exchange } from '../../exchange.ts';
import type { ProxyContext } from '../../proxy-context.ts';
import { readBody } from '../../requests/read-request.ts';

/**
 * Serves a request with an `Idempotency-Key` once for its organisation; any other as it is, at no cost. The body is read
 * first, because equal requests have equal bytes. If the client leaves, the answer is made to its end for the next who asks.
 */
export function serveOnce(
  context: Pick<ProxyContext, 'arriving' | 'config' | 'once' | 'outcomes'>,
  path: string,
  exchange: Exchange,
  serve: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const { method, headers } = exchange.request;
  const key = method === 'POST' ? readIdempotencyKey(headers) : null;
  return key === null ? serve(exchange) : serveKey(context, { path, key }, exchange, serve);
}

async function serveKey(
  context: Pick<ProxyContext, 'arriving' | 'config' | 'once' | 'outcomes'>,
  { path, key }: { path: string; key: string },
  exchange: Exchange,
  serve: (exchange: Exchange) => Promise<void>,
): Promise<void> {
  const { request, response, requestId, principal } = exchange;
  const body = await readBody(context, exchange);
  const { once, outcomes } = context;
  const subject = { tenant: principal.orgId, endpoint: `POST ${path}`, key, body, secret: '' };
  const judge: Parameters<OnceServer['serve']>[0]['judge'] = (end) => outcomes.judge(requestId, end);
  outcomes.watch(requestId);
  try {
    await once.serve({ ...subject, request, response, requestId, judge }, (recorded) =>
      serve({ ...exchange, body, response: recorded }),
    );
  } finally {
    outcomes.forget(requestId);
  }
}
