import { Agent, type Dispatcher, request } from 'undici';
import type { KubernetesCall } from '../port.ts';
import type { CredentialSource, TlsMaterial } from './credentials.ts';

const connectTimeoutMs = 5000;
const userAgent = 'aggregator-kubernetes';

export type Answer = Dispatcher.ResponseData;

export interface OutgoingCall
  extends Pick<KubernetesCall, 'method' | 'path' | 'query' | 'body' | 'contentType' | 'accept'> {
  readonly isStream?: boolean;
}

export interface Transport {
  send(call: OutgoingCall, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

interface Pools {
  readonly tlsDigest: string;
  readonly calls: Agent;
  readonly streams: Agent;
}

/**
 * Connections that all calls share. client-node makes a pool, and so a TLS handshake, for each call. They are opened
 * again when the certificates change; calls on the old ones may finish there. Streams have a separate pool, because
 * each of them keeps its connection to itself.
 */
export function createTransport(source: CredentialSource, options: { callsMax: number }): Transport {
  let pools: Pools | undefined;

  function poolsFor(tls: TlsMaterial, tlsDigest: string): Pools {
    if (pools?.tlsDigest === tlsDigest) return pools;
    pools?.calls.close().catch(() => undefined);
    pools?.streams.close().catch(() => undefined);
    pools = { tlsDigest, calls: createAgent(tls, options.callsMax), streams: createAgent(tls, null) };
    return pools;
  }

  return {
    async send(call, signal) {
      const { headers, tls, tlsDigest } = await source.read();
      const { calls, streams } = poolsFor(tls, tlsDigest);
      const query = new URLSearchParams(call.query).toString();
      return request(`${source.server}${call.path}${query === '' ? '' : `?${query}`}`, {
        dispatcher: call.isStream === true ? streams : calls,
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
    async close() {
      await Promise.all([pools?.calls.destroy(), pools?.streams.destroy()]);
    },
  };
}

/**
 * Sets no time limits: every call has a deadline, every stream a watchdog. HTTP/1.1, so a stream's death is its own.
 */
function createAgent(tls: TlsMaterial, connections: number | null): Agent {
  return new Agent({
    connections,
    allowH2: false,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    connect: { ...tls, timeout: connectTimeoutMs, keepAlive: true },
  });
}
