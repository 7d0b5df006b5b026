import { Agent, type Dispatcher, request } from 'undici';
import type { KubernetesCall } from '../port.ts';
import type { CredentialSource, TlsMaterial } from './credentials.ts';

const connectTimeoutMs = 5000;
const userAgent = 'aggregator-kubernetes';

export type Answer = Dispatcher.ResponseData;

export interface Transport {
  send(
    call: Pick<KubernetesCall, 'method' | 'path' | 'query' | 'body' | 'contentType' | 'accept'>,
    signal: AbortSignal,
  ): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * One pool of connections for all calls. client-node makes a pool, and so a TLS handshake, for each call. It is made anew
 * when the certificates change; what runs on the old one may finish there.
 */
export function createTransport(source: CredentialSource): Transport {
  let pool: { agent: Agent; tlsDigest: string } | undefined;

  function agentFor(tls: TlsMaterial, tlsDigest: string): Agent {
    if (pool?.tlsDigest === tlsDigest) return pool.agent;
    pool?.agent.close().catch(() => undefined);
    pool = { agent: createAgent(tls), tlsDigest };
    return pool.agent;
  }

  return {
    async send(call, signal) {
      const { headers, tls, tlsDigest } = await source.read();
      const query = new URLSearchParams(call.query).toString();
      return request(`${source.server}${call.path}${query === '' ? '' : `?${query}`}`, {
        dispatcher: agentFor(tls, tlsDigest),
        method: call.method,
        headers: {
          ...headers,
          'user-agent': userAgent,
          accept: call.accept ?? 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal,
      });
    },
    close: async () => {
      await pool?.agent.destroy();
    },
  };
}

/** Without time limits of its own: every call has a deadline, every stream a watchdog. HTTP/1.1, so a stream's death is its own. */
function createAgent(tls: TlsMaterial): Agent {
  return new Agent({
    allowH2: false,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    connect: { ...tls, timeout: connectTimeoutMs, keepAlive: true },
  });
}
