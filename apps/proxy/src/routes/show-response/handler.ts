import { AppError } from '@aggregator/contracts';
import { isRecord } from '@aggregator/providers';
import { responsesSurface } from '@aggregator/surfaces';
import type { Exchange } from '../../exchange.ts';
import type { ProxyContext } from '../../proxy-context.ts';
import type { StoredResponse } from '../../stored-responses/stored-responses.ts';
import { type AiRoute, readPath } from '../answer-ai-request.ts';
import { sendJson } from '../send-json.ts';

const responsePath = /^\/v1\/responses\/([\w-]{1,128})(\/input_items|\/cancel)?$/;

/** `GET /v1/responses/{id}` */
const showResponse: AiRoute = {
  method: 'GET',
  errors: responsesSurface,
  async serve(context, exchange) {
    sendJson(exchange.response, (await find(context, exchange)).response);
  },
};

/** `GET /v1/responses/{id}/input_items`: all of them in one page, the last one first. */
const listInputItems: AiRoute = {
  method: 'GET',
  errors: responsesSurface,
  async serve(context, exchange) {
    const { input } = await find(context, exchange);
    const data = input.toReversed();
    const ids = data.map((item) => (isRecord(item) && typeof item.id === 'string' ? item.id : null));
    sendJson(exchange.response, {
      object: 'list',
      data,
      first_id: ids[0] ?? null,
      last_id: ids.at(-1) ?? null,
      has_more: false,
    });
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

/** `POST /v1/responses/{id}/cancel`: no response runs in the background here, so there is none that can be cancelled. */
const cancelResponse: AiRoute = {
  method: 'POST',
  errors: responsesSurface,
  async serve(context, exchange) {
    await find(context, exchange);
    const message = 'Only a response that runs in the background can be cancelled, and this one is complete.';
    throw new AppError('unsupported_parameter', { message });
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
