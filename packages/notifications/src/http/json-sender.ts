import { createEgressAgent, type EgressAllowlist, type HttpProxies } from '@aggregator/service-kit';
import { type Dispatcher, request } from 'undici';

export interface JsonToSend {
  url: string;
  /** JSON. */
  body: string;
  headers?: Readonly<Record<string, string>>;
}

/** `reason` is null for a status of 200…299. `response` is the first KiB of the answer. */
export interface SendResult {
  status: number | null;
  reason: 'status' | 'redirect' | 'timeout' | 'address_refused' | 'connection_failed' | null;
  response: string | null;
}

export interface JsonSender {
  /** Sends one POST. Resolves in any case. */
  send(message: JsonToSend): Promise<SendResult>;
  close(): Promise<void>;
}

export interface JsonSenderOptions {
  /** What may be called although it is not public; null if the operator set the addresses, which may be any. */
  allowlist: EgressAllowlist | null;
  proxies: HttpProxies;
  deadlineMs: number;
}

const responseBytesMax = 1024;
const keptOpenMs = 1000;
/** As many as there are requests at once, so that no request waits for another one to the same host. */
const connectionsPerHostMax = 32;

/** Sends requests to addresses of others: judged when connecting, without redirects, each with a deadline. */
export function createJsonSender({ allowlist, proxies, deadlineMs }: JsonSenderOptions): JsonSender {
  const dispatcher = createEgressAgent({
    ...{ allowlist, proxies, connect: { timeout: deadlineMs } },
    // There are many hosts: no connection is kept for longer than a burst.
    agent: { connections: connectionsPerHostMax, keepAliveTimeout: keptOpenMs, keepAliveMaxTimeout: keptOpenMs },
  });
  return {
    async send({ url, body, headers = {} }) {
      const all = { 'content-type': 'application/json', 'user-agent': 'ai-aggregator-webhooks', ...headers };
      const signal = AbortSignal.timeout(deadlineMs);
      try {
        const answer = await request(url, { method: 'POST', dispatcher, headers: all, body, signal });
        const { statusCode: status } = answer;
        return { status, reason: judge(status), response: await readStart(answer.body) };
      } catch (error) {
        const reason = signal.aborted ? 'timeout' : isRefused(error) ? 'address_refused' : 'connection_failed';
        return { status: null, reason, response: null };
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function judge(status: number): SendResult['reason'] {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? 'redirect' : 'status';
}

/** Reads no further than the bound, and closes the connection then. An answer that breaks off has what came. */
async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, responseBytesMax - length));
      length += chunk.length;
      if (length >= responseBytesMax) break;
    }
  } catch {
    // The status has arrived: it decides.
  }
  // PostgreSQL keeps no NUL, and what replaces a byte must not be longer than it.
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/[\0\uFFFD]/g, '?');
}

function isRefused(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as Error & { code?: unknown }).code === 'EGRESS_REFUSED') return true;
  }
  return false;
}
