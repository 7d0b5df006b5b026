import type { RequestListener } from 'node:http';
import { checkCredential, type Exchange, readJson, sendJson } from './exchange.ts';
import { FakeLedger } from './ledger.ts';
import { PromptCache } from './prompt-cache.ts';
import { Refusal } from './refusal.ts';
import { serveResponses } from './responses/serve-responses.ts';
import { serveChat } from './serve-chat.ts';
import { serveEmbeddings, serveImages } from './serve-others.ts';
import type { FakeVendor } from './vendor.ts';

export interface FakeOpenAiDialect {
  readonly listener: RequestListener;
  readonly ledger: FakeLedger;
}

/** A vendor of OpenAI's dialect as a server: chats, embeddings, images, the list of models. */
export function createFakeDialect(vendor: FakeVendor): FakeOpenAiDialect {
  const ledger = new FakeLedger();
  const cache = new PromptCache();
  let sequence = 0;

  const listener: RequestListener = (request, response) => {
    sequence += 1;
    const id = request.headers['x-client-request-id'];
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const record = ledger.open({ attemptId: typeof id === 'string' ? id : null, path: pathname });
    const exchange = { request, response, record, sequence };
    serve(exchange, pathname).catch((error: unknown) => refuse(vendor, exchange, error));
  };

  async function serve(exchange: Exchange, path: string): Promise<void> {
    const { request, record } = exchange;
    const route = path.startsWith(`${vendor.prefix}/`) ? path.slice(vendor.prefix.length) : '';
    if (!vendor.openRoutes.includes(route)) {
      checkCredential(exchange, vendor.credential);
      vendor.checkHeaders(request.headers);
    }
    if (request.method === 'GET' && (route === '/models' || route === vendor.probePath)) {
      record.state = 'completed';
      const rows = vendor.models.map((model) => ({
        id: vendor.toHead(0, model).model,
        object: 'model',
        owned_by: 'fake',
      }));
      return sendJson(exchange, 200, { object: 'list', data: rows });
    }
    const responsesPath = vendor.readResponses === null ? null : '/responses';
    const isKnown = ['/chat/completions', '/embeddings', vendor.imagesPath, responsesPath].includes(route);
    if (request.method !== 'POST' || !isKnown) {
      throw new Refusal(404, { message: `Invalid URL (${request.method} ${path})` });
    }
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
      throw new Refusal(400, { message: 'The content type must be application/json.' });
    }
    const body = await readJson(exchange);
    record.request = body;
    if (route === '/chat/completions') return serveChat(vendor, exchange, cache, vendor.readChat(body));
    if (route === '/embeddings') return serveEmbeddings(vendor, exchange, vendor.readEmbeddings(body));
    if (route === responsesPath && vendor.readResponses !== null) {
      return serveResponses(exchange, cache, vendor.readResponses(body), vendor.script);
    }
    serveImages(vendor, exchange, vendor.readImages(body));
  }

  return { listener, ledger };
}

/** Responds with a refusal as such. Any other failure breaks the connection, as a crash would. */
function refuse(vendor: FakeVendor, exchange: Exchange, error: unknown): void {
  const { response, record } = exchange;
  if (error instanceof Refusal && !response.headersSent) {
    record.state = 'refused';
    record.promptTokens = 0;
    record.cachedTokens = 0;
    sendJson(exchange, vendor.toStatus(error), vendor.toErrorBody(error), error.headers);
    return;
  }
  record.state = 'failed';
  response.destroy();
}
