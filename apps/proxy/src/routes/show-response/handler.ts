import { AppError } from '@aggregator/contracts';
import { responsesSurface, toListedItem } from '@aggregator/surfaces';
import { sendJson } from '../../answers/send-json.ts';
import type { Exchange } from '../../exchange.ts';
import type { ProxyContext } from '../../proxy-context.ts';
import { readPageQuery, toPage } from '../../remembered/responses/list-page.ts';
import { isUnfinished, type StoredResponse } from '../../remembered/responses/stored-responses.ts';
import { type AiRoute, readPath } from '../answer-ai-request.ts';

const responsePath = /^\/v1\/responses\/([\w-]{1,128})(\/input_items|\/cancel)?$/;

/** `GET /v1/responses/{id}` */
const showResponse: AiRoute = {
  method: 'GET',
  errors: responsesSurface,
  async serve(context, exchange) {
    const { url = '' } = exchange.request;
    if (new URLSearchParams(url.slice(readPath(exchange.request).length)).get('stream') === 'true') {
      const message = 'A stored response is not streamed again: read it whole.';
      throw new AppError('unsupported_parameter', { param: 'stream', message });
    }
    sendJson(exchange.response, (await find(context, exchange)).response);
  },
};

/** `GET /v1/responses/{id}/input_items` */
const listInputItems: AiRoute = {
  method: 'GET',
  errors: responsesSurface,
  async serve(context, exchange) {
    const query = readPageQuery(exchange.request.url ?? '');
    const { input } = await find(context, exchange);
    sendJson(exchange.response, toPage(input.map(toListedItem), query));
  },
};

/** `DELETE /v1/responses/{id}` */
const deleteResponse: AiRoute = {
  method: 'DELETE',
  errors: responsesSurface,
  async serve({ responses }, { principal, request, response }) {
    const id = readId(request);
    if (!(await responses.delete(principal, id))) throw notStored();
    sendJson(response, { id, object: 'response', deleted: true });
  },
};

/** `POST /v1/responses/{id}/cancel`: ends a response that is made in the background; one that was cancelled stays so. */
const cancelResponse: AiRoute = {
  method: 'POST',
  errors: responsesSurface,
  async serve(context, exchange) {
    const { principal, request } = exchange;
    const { response } = await find(context, exchange);
    if (response.background !== true || !(isUnfinished(response) || response.status === 'cancelled')) {
      const message = 'Only a response that is made in the background can be cancelled, and not after its end.';
      throw new AppError('unsupported_parameter', { message });
    }
    const id = readId(request);
    await context.responses.cancel(principal, id);
    context.backgroundRuns.get(id)?.cancel();
    sendJson(exchange.response, { ...response, status: 'cancelled' });
  },
};

/** Returns the route of a path below `/v1/responses/`, or undefined. */
export function findResponseRoute(path: string, method: string | undefined): AiRoute | undefined {
  const [, id, part] = responsePath.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (part === '/input_items') return listInputItems;
  if (part === '/cancel') return cancelResponse;
  return method === 'DELETE' ? deleteResponse : showResponse;
}

async function find({ responses }: ProxyContext, { principal, request }: Exchange): Promise<StoredResponse> {
  const stored = await responses.read(principal, readId(request));
  if (stored === null) throw notStored();
  return stored;
}

function readId(request: Exchange['request']): string {
  return responsePath.exec(readPath(request))?.[1] ?? '';
}

function notStored(): AppError {
  return new AppError('not_found', { message: 'There is no such response, or it is not stored any more.' });
}
