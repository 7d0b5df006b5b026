import {
  AppError,
  addConversationItemsRequest,
  checkBody,
  createConversationRequest,
  isRecord,
  updateConversationRequest,
} from '@aggregator/contracts';
import { responsesSurface, toListedItem } from '@aggregator/surfaces';
import { sendJson } from '../../answers/send-json.ts';
import type { Exchange } from '../../exchange.ts';
import type { ProxyContext } from '../../proxy-context.ts';
import { readPageQuery, toPage } from '../../remembered/responses/list-page.ts';
import type { StoredConversation } from '../../remembered/responses/stored-conversations.ts';
import { readRequest } from '../../requests/read-request.ts';
import { type AiRoute, readPath } from '../answer-ai-request.ts';

const conversationPath = /^\/v1\/conversations(?:\/([\w-]{1,128})(?:\/(items)(?:\/([\w-]{1,128}))?)?)?$/;

/** `POST /v1/conversations` */
const create = route('POST', async (context, exchange) => {
  const { items, metadata } = checkBody(createConversationRequest, await readRequest(context, exchange));
  const createdAt = Math.floor(context.now() / 1000);
  const facts = { createdAt, metadata: metadata ?? {}, items: items ?? [] };
  const created = await context.storedConversations.create(exchange.principal, facts);
  if (created !== null) return toConversation(created);
  if (!context.storedConversations.isOff(exchange.principal))
    throw new AppError('request_too_large', { param: 'items' });
  throw new AppError('unsupported_parameter', { message: 'No conversations are stored here.' });
});

/** `GET /v1/conversations/{id}` */
const show = route('GET', async (context, exchange) => toConversation(await find(context, exchange)));

/** `POST /v1/conversations/{id}` */
const update = route('POST', async (context, exchange) => {
  const { metadata } = checkBody(updateConversationRequest, await readRequest(context, exchange));
  return toConversation(await change(context, exchange, () => ({ metadata: metadata ?? {} })));
});

/** `DELETE /v1/conversations/{id}` */
const remove = route('DELETE', async ({ storedConversations }, { principal, request }) => {
  const { id } = readIds(request);
  if (!(await storedConversations.delete(principal, id))) throw notStored();
  return { id, object: 'conversation.deleted', deleted: true };
});

/** `GET /v1/conversations/{id}/items` */
const listItems = route('GET', async (context, exchange) => {
  const query = readPageQuery(exchange.request.url ?? '');
  return toPage((await find(context, exchange)).items.map(toListedItem), query);
});

/** `POST /v1/conversations/{id}/items`: the answer lists the new items. */
const addItems = route('POST', async (context, exchange) => {
  const { items: added } = checkBody(addConversationItemsRequest, await readRequest(context, exchange));
  const { items } = await change(context, exchange, (found) => ({ items: [...found.items, ...added] }));
  const query = { limit: added.length, order: 'asc' as const, after: null };
  return toPage(items.slice(-added.length).map(toListedItem), query);
});

/** `GET /v1/conversations/{id}/items/{item}` */
const showItem = route('GET', async (context, exchange) => {
  const { items } = await find(context, exchange);
  const item = items.find((one) => idOf(one) === readIds(exchange.request).item);
  if (item === undefined) throw notStored();
  return toListedItem(item);
});

/** `DELETE /v1/conversations/{id}/items/{item}`: the answer is the conversation. */
const removeItem = route('DELETE', async (context, exchange) => {
  const { item } = readIds(exchange.request);
  const changed = await change(context, exchange, ({ items }) => {
    const kept = items.filter((one) => idOf(one) !== item);
    if (kept.length === items.length) throw notStored();
    return { items: kept };
  });
  return toConversation(changed);
});

const routes: Readonly<Record<'all' | 'one' | 'items' | 'item', Readonly<Record<string, AiRoute>>>> = {
  all: { POST: create },
  one: { GET: show, POST: update, DELETE: remove },
  items: { GET: listItems, POST: addItems },
  item: { GET: showItem, DELETE: removeItem },
};

/** Returns the route of a path below `/v1/conversations`, or undefined. */
export function findConversationRoute(path: string, method = ''): AiRoute | undefined {
  const [found, id, items, item] = conversationPath.exec(path) ?? [];
  if (found === undefined) return undefined;
  const level = id === undefined ? 'all' : items === undefined ? 'one' : item === undefined ? 'items' : 'item';
  // The existing route rejects other methods.
  return routes[level][method] ?? Object.values(routes[level])[0];
}

function route(
  method: AiRoute['method'],
  answer: (context: ProxyContext, exchange: Exchange) => Promise<unknown>,
): AiRoute {
  return {
    ...{ method, errors: responsesSurface },
    serve: async (context, exchange) => sendJson(exchange.response, await answer(context, exchange)),
  };
}

function toConversation({ id, createdAt, metadata }: StoredConversation) {
  return { id, object: 'conversation', created_at: createdAt, metadata };
}

async function find({ storedConversations }: ProxyContext, { principal, request }: Exchange) {
  const stored = await storedConversations.read(principal, readIds(request).id);
  if (stored === null) throw notStored();
  return stored;
}

async function change(
  { storedConversations }: ProxyContext,
  { principal, request }: Exchange,
  to: Parameters<ProxyContext['storedConversations']['change']>[2],
) {
  const changed = await storedConversations.change(principal, readIds(request).id, to);
  if (changed === null) throw notStored();
  return changed;
}

function readIds(request: Exchange['request']) {
  const [, id = '', , item = ''] = conversationPath.exec(readPath(request)) ?? [];
  return { id, item };
}

function idOf(item: unknown): unknown {
  return isRecord(item) ? item.id : undefined;
}

function notStored(): AppError {
  return new AppError('not_found', { message: 'There is no such conversation or item, or it is not stored any more.' });
}
