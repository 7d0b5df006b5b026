import { randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { createApiKey } from '@aggregator/contracts';
import { type Attack, Tally, type Target } from './attack.ts';

interface Try {
  method?: 'GET' | 'POST';
  path: string;
  credential?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** False: the answer is left unread. */
  isRead?: boolean;
}

interface Flood {
  name: string;
  /** Open at the same time. */
  concurrency: number;
  /** In all; the signal usually ends it first. */
  triesMax: number;
  next(target: Target, at: number): Try;
}

const perTryDeadlineMs = 60_000;

/** Requests one after the other on many connections, each as soon as the one before is over. */
export function flood({ name, concurrency, triesMax, next }: Flood): Attack {
  return {
    name,
    async run(target, signal) {
      const tally = new Tally();
      const agent = new Agent({ keepAlive: true, maxSockets: concurrency, localAddress: target.tenant.address });
      let at = 0;
      const worker = async () => {
        while (!signal.aborted && at < triesMax) {
          at += 1;
          tally.start();
          tally.count(await send(target.url, next(target, at), agent, signal));
        }
      };
      await Promise.all(Array.from({ length: concurrency }, worker));
      agent.destroy();
      return tally.report();
    },
  };
}

/** Resolves with the status, or with `closed` if the connection ended before one. */
function send(
  url: URL,
  { method = 'POST', path, credential, headers, body, isRead = true }: Try,
  agent: Agent,
  signal: AbortSignal,
) {
  return new Promise<number | 'closed'>((resolve) => {
    const sent = httpRequest(
      new URL(path, url),
      {
        method,
        agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(perTryDeadlineMs)]),
        headers: {
          ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        const end = () => resolve(status);
        answer.once('close', end);
        answer.once('error', end);
        if (isRead) answer.resume();
      },
    );
    sent.once('error', () => resolve('closed'));
    sent.end(body);
  });
}

const chatPath = '/v1/chat/completions';
const chat = (content: string, extra: object = {}) =>
  JSON.stringify({ model: 'hostile', max_tokens: 5, messages: [{ role: 'user', content }], ...extra });

/** Bodies of the large kind, each made when its attack begins: making them is not what is measured. */
const bodies = {
  objects: () =>
    `{"model":"hostile","messages":[{"role":"user","content":"x"}],"metadata":{"x":[${'{},'.repeat(6_330_000)}{}]}}`,
  numbers: () => `{"model":"hostile","input":[${'1,'.repeat(9_000_000)}1]}`,
  names: () => {
    const names = Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join(',');
    return `{"model":"hostile","messages":[{"role":"user","content":"x"}],"metadata":{${names}}}`;
  },
  messages: () => {
    const messages = Array.from({ length: 300_000 }, () => ({ role: 'user', content: 'x' }));
    return JSON.stringify({ model: 'hostile', messages });
  },
  /** As many messages as may be, which are translated. */
  conversation: () => {
    const part = (at: number) => ({ type: 'text', text: `${at} ${'word '.repeat(80)}` });
    const messages = Array.from({ length: 20_000 }, (_, at) => ({ role: 'user', content: [part(at), part(at)] }));
    return JSON.stringify({ model: 'hostile', max_tokens: 5, messages });
  },
  text: () => chat('x'.repeat(19_000_000)),
  quotes: () => chat('"a'.repeat(6_000_000)),
  escapes: () => `{"model":"hostile","messages":[{"role":"user","content":"${'\\u0041'.repeat(3_000_000)}"}]}`,
  addresses: () => {
    const text = Array.from({ length: 1_150_000 }, (_, at) => `u${at}@e.co`).join(' ');
    return chat(text.slice(0, 15_000_000));
  },
  deep: () => '['.repeat(1_000_000),
};
const random = () => randomBytes(12).toString('hex');

const large = (
  name: string,
  makeBody: () => string,
  { path = chatPath, headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Attack => ({
  name,
  run(target, signal) {
    const body = Buffer.from(makeBody());
    const next = ({ tenant }: Target) => ({ path, credential: tenant.apiKey, body, headers });
    return flood({ name, concurrency: 8, triesMax: 10_000, next }).run(target, signal);
  },
});

export const floods: readonly Attack[] = [
  large('millions of empty objects', bodies.objects),
  large('a million names', bodies.names),
  large('300,000 messages', bodies.messages),
  large('text of 19 MB', bodies.text),
  large('a conversation of 20,000 messages', bodies.conversation),
  large('six million quotes', bodies.quotes),
  large('three million escapes', bodies.escapes),
  large('a million brackets', bodies.deep),
  large('nine million numbers to embed', bodies.numbers, { path: '/v1/embeddings' }),
  large('15 MB of e-mail addresses to mask', bodies.addresses, { headers: { 'x-aggregator-privacy': 'mask' } }),
  flood({
    name: 'long streams of one key',
    concurrency: 1500,
    triesMax: 100_000,
    next: ({ tenant }) => ({
      path: chatPath,
      credential: tenant.apiKey,
      body: chat('hello', { stream: true, max_tokens: 4000 }),
    }),
  }),
  flood({
    name: 'streams that are not read',
    concurrency: 200,
    triesMax: 10_000,
    next: ({ tenant }) => ({
      path: chatPath,
      credential: tenant.apiKey,
      body: chat('big', { stream: true, max_tokens: 4000 }),
      isRead: false,
    }),
  }),
  flood({
    name: 'requests beyond the limits of a key',
    concurrency: 64,
    triesMax: 100_000,
    next: ({ tenant }) => ({ path: chatPath, credential: tenant.apiKey, body: chat('hello') }),
  }),
  flood({
    name: 'unknown models and broken bodies',
    concurrency: 64,
    triesMax: 100_000,
    next: ({ tenant }, at) => ({
      path: chatPath,
      credential: tenant.apiKey,
      body: at % 2 === 0 ? '{"model":' : JSON.stringify({ model: random(), messages: [] }),
    }),
  }),
  flood({
    name: 'lists of models',
    concurrency: 64,
    triesMax: 100_000,
    next: ({ tenant }, at) => ({
      method: 'GET',
      path: at % 2 === 0 ? '/v1/models' : '/v1/capabilities',
      credential: tenant.apiKey,
    }),
  }),
  flood({
    name: 'logins with wrong passwords',
    concurrency: 100,
    triesMax: 100_000,
    next: (_target, at) => ({
      path: '/v1/auth/login',
      body: JSON.stringify({ email: `guess-${at % 50}@example.com`, password: random() }),
    }),
  }),
  flood({
    name: 'registrations',
    concurrency: 100,
    triesMax: 100_000,
    next: () => ({
      path: '/v1/auth/register',
      body: JSON.stringify({ email: `${random()}@example.com`, password: random(), name: 'x' }),
    }),
  }),
  flood({
    name: 'invented keys',
    concurrency: 64,
    triesMax: 100_000,
    next: () => ({ method: 'GET', path: '/v1/models', credential: createApiKey(randomBytes(32)) }),
  }),
  flood({
    name: 'invented refresh tokens',
    concurrency: 64,
    triesMax: 100_000,
    next: () => ({ path: '/v1/auth/refresh', body: JSON.stringify({ refreshToken: `agr_${random()}` }) }),
  }),
  flood({
    name: 'calls of the management API',
    concurrency: 64,
    triesMax: 100_000,
    next: ({ tenant }) => ({ method: 'GET', path: '/v1/billing/transactions', credential: tenant.accessToken }),
  }),
];
