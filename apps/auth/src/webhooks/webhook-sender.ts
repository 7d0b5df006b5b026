import { createEgressAgent, type EgressAllowlist, type HttpProxies } from '@aggregator/service-kit';
import { type Dispatcher, request } from 'undici';
import { signWebhook } from './sign.ts';

export interface WebhookToSend {
  url: string;
  secret: string;
  /** Id of the event: the same in every attempt. */
  id: string;
  body: string;
  now: Date;
}

/** `reason` is null for a status of 200…299. `response` is the first KiB of the answer. */
export interface WebhookResult {
  status: number | null;
  reason: 'status' | 'redirect' | 'timeout' | 'address_refused' | 'connection_failed' | null;
  response: string | null;
}

export interface WebhookSender {
  /** Resolves in any case. */
  send(webhook: WebhookToSend): Promise<WebhookResult>;
  close(): Promise<void>;
}

const responseBytesMax = 1024;
const keptOpenMs = 1000;
/** As many as there are requests at once, so that no request waits for another one to the same host. */
const connectionsPerHostMax = 32;

/** Sends requests to addresses of customers: judged when connecting, without redirects, each with a deadline. */
export function createWebhookSender(options: {
  allowlist: EgressAllowlist;
  proxies: HttpProxies;
  deadlineMs: number;
}): WebhookSender {
  const { allowlist, proxies, deadlineMs } = options;
  const dispatcher = createEgressAgent({
    ...{ allowlist, proxies, connect: { timeout: deadlineMs } },
    // There are many hosts: no connection is kept for longer than a burst.
    agent: { connections: connectionsPerHostMax, keepAliveTimeout: keptOpenMs, keepAliveMaxTimeout: keptOpenMs },
  });
  return {
    async send({ url, body, ...webhook }) {
      const signature = signWebhook(webhook.secret, { ...webhook, body });
      const headers = { 'content-type': 'application/json', 'user-agent': 'ai-aggregator-webhooks', ...signature };
      const signal = AbortSignal.timeout(deadlineMs);
      try {
        const answer = await request(url, { method: 'POST', dispatcher, headers, body, signal });
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

function judge(status: number): WebhookResult['reason'] {
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
