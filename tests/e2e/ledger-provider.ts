import { createServer, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** What a call really used, and what its provider claims. */
export interface ProvidedCall {
  requestId: string;
  model: string;
  /** As many as a tokenizer counts. */
  promptTokens: number;
  /** UTF-8 bytes of the request's body. */
  bodyBytes: number;
  /** Written so far. */
  completionTokens: number;
  report: Report;
  /** Null while the call runs; `cut` where its connection ended before its answer did. */
  end: 'whole' | 'cut' | null;
}

const reports = ['honest', 'tenfold', 'trillion', 'none', 'negative'] as const;
export type Report = (typeof reports)[number];

export interface LedgerProvider {
  readonly url: string;
  readonly calls: readonly ProvidedCall[];
  close(): Promise<void>;
}

const wordIntervalMs = 25;
const wholeAnswerMs = 150;
const wordsDefault = 12;
const wordsMax = 200;

const asked = z.object({
  model: z.string(),
  stream: z.boolean().nullish(),
  n: z.number().nullish(),
  max_tokens: z.number().nullish(),
  max_completion_tokens: z.number().nullish(),
  messages: z.array(z.object({ content: z.unknown().optional() })).default([]),
  input: z.unknown().optional(),
});
type Asked = z.infer<typeof asked>;

/**
 * An OpenAI-compatible provider that keeps its own ledger. It writes as many words as it may, a token each, at most
 * 200, and stops when its connection ends. `report-<how>` in a prompt says which usage it reports.
 */
export async function startLedgerProvider(): Promise<LedgerProvider> {
  const calls: ProvidedCall[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      if (request.method !== 'POST') return void response.end('{"object":"list","data":[]}');
      const body = asked.parse(JSON.parse(text));
      const bodyBytes = Buffer.byteLength(text);
      const call = toCall(String(request.headers['x-client-request-id']), body, bodyBytes);
      calls.push(call);
      response.on('close', () => {
        call.end ??= 'cut';
      });
      if (body.stream === true) sendStream(response, call, body);
      else sendWhole(response, call, body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toCall(attemptId: string, { model, messages, input }: Asked, bodyBytes: number): ProvidedCall {
  const text = JSON.stringify([messages.map(({ content }) => content), input ?? '']);
  return {
    requestId: attemptId.split('/')[0] ?? '',
    model,
    promptTokens: countWords(text) + (messages.length === 0 ? 0 : 4 * messages.length + 3),
    bodyBytes,
    completionTokens: 0,
    report: reports.find((report) => text.includes(`report-${report}`)) ?? 'honest',
    end: null,
  };
}

function countWords(text: string): number {
  return text.split(/[^\w]+/).filter((word) => word !== '').length;
}

function wordsOf({ max_tokens, max_completion_tokens }: Asked): number {
  return Math.min(max_completion_tokens ?? max_tokens ?? wordsDefault, wordsMax);
}

/** What the provider says that the call used; undefined where it says nothing. */
export function claimOf({
  report,
  promptTokens,
  completionTokens,
}: ProvidedCall): { prompt: number; completion: number } | null {
  const truth = { prompt: promptTokens, completion: completionTokens };
  if (report === 'honest') return truth;
  if (report === 'tenfold') return { ...truth, completion: 10 * completionTokens };
  if (report === 'trillion') return { ...truth, prompt: 10 ** 12 };
  return report === 'negative' ? { ...truth, prompt: -5 } : null;
}

function usageOf(call: ProvidedCall): object {
  const claim = claimOf(call);
  if (claim === null) return {};
  const { prompt, completion } = claim;
  return { usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion } };
}

const head = { id: 'chatcmpl-ledger', created: 1, model: 'ledger' };

function sendWhole(response: ServerResponse, call: ProvidedCall, body: Asked): void {
  const timer = setTimeout(() => {
    const choices = body.n ?? 1;
    const words = wordsOf(body);
    const isEmbedding = body.input !== undefined;
    call.completionTokens = isEmbedding ? 0 : choices * words;
    call.end = 'whole';
    const message = { role: 'assistant', content: ' word'.repeat(words) };
    const answers = Array.from({ length: choices }, (_, index) => ({ index, message, finish_reason: 'stop' }));
    const content = isEmbedding
      ? { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.5] }] }
      : { object: 'chat.completion', choices: answers };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...head, ...content, ...usageOf(call) }));
  }, wholeAnswerMs);
  response.on('close', () => clearTimeout(timer));
}

function sendStream(response: ServerResponse, call: ProvidedCall, body: Asked): void {
  const words = wordsOf(body);
  const event = (choices: object[], extra: object = {}) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...extra })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]));
  const timer = setInterval(() => {
    if (call.completionTokens < words) {
      call.completionTokens += 1;
      response.write(event([{ index: 0, delta: { content: ' word' }, finish_reason: null }]));
      return;
    }
    clearInterval(timer);
    call.end = 'whole';
    const usage = event([], usageOf(call));
    response.end(`${event([{ index: 0, delta: {}, finish_reason: 'stop' }])}${usage}data: [DONE]\n\n`);
  }, wordIntervalMs);
  response.on('close', () => clearInterval(timer));
}
