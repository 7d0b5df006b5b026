import type { RequestListener } from 'node:http';
import { type Exchange, readJson, sendJson } from '../openai/exchange.ts';
import { findFault } from '../openai/faults.ts';
import { FakeLedger } from '../openai/ledger.ts';
import { Refusal } from '../openai/refusal.ts';
import { countTokens } from '../openai/tokens.ts';
import { embedText, toBase64 } from '../vectors.ts';
import { parseStrictly } from './check-chat.ts';
import { toId } from './ids.ts';
import { cohereModels, requireModel } from './models.ts';
import { serveChat } from './serve-chat.ts';
import { cohereEmbed } from './wire.ts';

export interface FakeCohereOptions {
  /** The only key that is taken. Default `co-fake`. */
  credential?: string;
}

export interface FakeCohere {
  readonly listener: RequestListener;
  readonly ledger: FakeLedger;
}

/** Statuses of the vendor for codes of OpenAI: a deny-listed token is 498, an account at its limit 402. */
const statusByCode: ReadonlyMap<string | null | undefined, number> = new Map([
  ['content_policy_violation', 498],
  ['insufficient_quota', 402],
]);

/**
 * Cohere in its own words: `POST /v2/chat`, plain and streamed, `POST /v2/embed` and `GET /v1/models`. It takes what
 * the vendor takes and refuses the rest; its answers are described at `composeAnswer`, its faults at `findFault`.
 */
export function createFakeCohere({ credential = 'co-fake' }: FakeCohereOptions = {}): FakeCohere {
  const ledger = new FakeLedger();
  let sequence = 0;

  const listener: RequestListener = (request, response) => {
    sequence += 1;
    const id = request.headers['x-client-request-id'];
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    const record = ledger.open({ attemptId: typeof id === 'string' ? id : null, path: pathname });
    const exchange = { request, response, record, sequence };
    serve(exchange, `${request.method} ${pathname}`).catch((error: unknown) => refuse(exchange, error));
  };

  async function serve(exchange: Exchange, route: string): Promise<void> {
    const { authorization } = exchange.request.headers;
    if (authorization === undefined) throw new Refusal(401, { message: 'no api key supplied' });
    if (authorization !== `Bearer ${credential}`) throw new Refusal(401, { message: 'invalid api token' });
    if (route === 'GET /v1/models') return serveModels(exchange);
    if (route !== 'POST /v2/chat' && route !== 'POST /v2/embed') throw new Refusal(404, { message: 'not found' });
    const body = await readJson(exchange);
    exchange.record.request = body;
    if (route === 'POST /v2/chat') return serveChat(exchange, body);
    serveEmbed(exchange, body);
  }

  return { listener, ledger };
}

function serveModels(exchange: Exchange): void {
  exchange.record.state = 'completed';
  const models = cohereModels.map(({ name, endpoint, contextTokens }) => ({
    name,
    endpoints: [endpoint],
    context_length: contextTokens,
    is_deprecated: false,
    finetuned: false,
  }));
  sendJson(exchange, 200, { models });
}

function serveEmbed(exchange: Exchange, body: unknown): void {
  const {
    model: name,
    texts,
    embedding_types: types = ['float'],
    output_dimension,
    truncate,
  } = parseStrictly(cohereEmbed, body);
  const model = requireModel(name, 'embed');
  findFault(texts.at(-1) ?? '');
  const sizes = texts.map(countTokens);
  if (truncate === 'NONE' && Math.max(...sizes) > model.contextTokens) {
    throw new Refusal(400, { message: `too many tokens: size limit exceeded by ${Math.max(...sizes)} tokens.` });
  }
  const { record } = exchange;
  record.promptTokens = sizes.reduce((sum, size) => sum + size, 0);
  record.state = 'completed';
  const vectors = texts.map((text) => embedText(text, output_dimension ?? model.outputMax));
  sendJson(exchange, 200, {
    id: toId(exchange),
    response_type: 'embeddings_by_type',
    texts,
    embeddings: {
      ...(types.includes('float') && { float: vectors }),
      ...(types.includes('base64') && { base64: vectors.map(toBase64) }),
    },
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: record.promptTokens } },
  });
}

/** Responds with a refusal as such. Any other failure breaks the connection, as a crash would. */
function refuse(exchange: Exchange, error: unknown): void {
  const { response, record } = exchange;
  if (error instanceof Refusal && !response.headersSent) {
    record.state = 'refused';
    record.promptTokens = 0;
    const isLong = error.problem.code === 'context_length_exceeded';
    const message = isLong ? `too many tokens: ${error.message}` : error.message;
    const status = statusByCode.get(error.problem.code) ?? error.status;
    sendJson(exchange, status, { id: toId(exchange), message }, error.headers);
    return;
  }
  record.state = 'failed';
  response.destroy();
}
