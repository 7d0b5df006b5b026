import { hash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createMemoryAdmissionStore } from '@aggregator/admission';
import { createApiKey, type KeyVerdict } from '@aggregator/contracts';
import { createMemoryInvalidationChannel } from '@aggregator/invalidation';
import { type RunningService, startService } from '@aggregator/service-kit';
import { readApiGatewayConfig } from '../config.ts';
import type { ApiGatewayContext, ApiGatewayOverrides } from '../context.ts';
import { apiGatewayService } from '../index.ts';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface TestGateway {
  readonly service: RunningService<ApiGatewayContext>;
  readonly url: string;
  /** Keys that auth was asked about. */
  readonly lookUps: number;
  /** Orders to end answers that auth has, for gateways that ask for them. */
  readonly cuts: object[];
  post(path: string, body: NonNullable<RequestInit['body']>, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** Keys of three organisations: all that the gateway's auth knows. */
export const validKey = createApiKey(Buffer.alloc(32, 1));
export const neighbourKey = createApiKey(Buffer.alloc(32, 3));

/** May have two requests open at once. */
export const limitedKey = createApiKey(Buffer.alloc(32, 4));

/** May be used by pages of one origin. */
export const pageKey = createApiKey(Buffer.alloc(32, 5));

const toVerdict = (tenant: number, concurrentRequests: number | null = null): Extract<KeyVerdict, { valid: true }> => ({
  valid: true,
  principal: {
    orgId: `0193c5a0-0000-7000-8000-00000000${tenant}001`,
    userId: `0193c5a0-0000-7000-8000-00000000${tenant}002`,
    keyId: `0193c5a0-0000-7000-8000-00000000${tenant}003`,
    scopes: ['ai:invoke'],
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests },
  },
  expiresAt: null,
  allowedIps: null,
});
export const validPrincipal = toVerdict(0).principal;

const verdicts: readonly (readonly [digest: string, verdict: KeyVerdict])[] = [
  [hash('sha256', validKey, 'hex'), toVerdict(0)],
  [hash('sha256', neighbourKey, 'hex'), toVerdict(1)],
  [hash('sha256', limitedKey, 'hex'), toVerdict(2, 2)],
  [hash('sha256', pageKey, 'hex'), { ...toVerdict(3), allowedOrigins: ['https://app.example.com'] }],
];

export async function serve(
  listener: RequestListener,
  host = '127.0.0.1',
  port = 0,
  onConnection: () => void = () => undefined,
): Promise<TestServer> {
  const server = createServer(listener).on('connection', onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 4096 }, resolve);
  });
  const address = server.address();
  const opened = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host}:${opened}`,
    port: opened,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export const answerJson = (response: Parameters<RequestListener>[1], body: unknown) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** Auth as the gateway sees it; counts the keys that it is asked about. */
function createAuth(seen: { asked: number; cuts: object[] }): RequestListener {
  return async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (request.url === '/internal/keys/epoch?cuts=true') answerJson(response, { epoch: 1, cuts: seen.cuts });
    else if (request.url !== '/internal/keys/verify') answerJson(response, { url: request.url });
    else {
      seen.asked += 1;
      const body = Buffer.concat(parts).toString();
      answerJson(response, verdicts.find(([digest]) => body.includes(digest))?.[1] ?? { valid: false });
    }
  };
}

/** A gateway as it is shipped, before proxies at `proxyUrl`. */
export async function startGateway(
  proxyUrl: string,
  environment: Record<string, string> = {},
  overrides: Partial<ApiGatewayOverrides> = {},
): Promise<TestGateway> {
  const seen = { asked: 0, cuts: [] as object[] };
  const authServer = await serve(createAuth(seen));
  const config = readApiGatewayConfig({
    PORT: '0',
    LOG_LEVEL: 'error',
    INTERNAL_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64url'),
    AUTH_URL: authServer.url,
    PROXY_URL: proxyUrl,
    ...environment,
  });
  const service = await startService(apiGatewayService, config, {
    admission: createMemoryAdmissionStore(),
    invalidation: createMemoryInvalidationChannel(),
    ...overrides,
  });
  let stopped: Promise<void> | null = null;
  return {
    service,
    url: service.url,
    get lookUps() {
      return seen.asked;
    },
    cuts: seen.cuts,
    post: (path, body, headers = {}) =>
      fetch(`${service.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${validKey}`, ...headers },
        body,
        duplex: 'half',
      }),
    stop() {
      stopped ??= service.stop().then(() => authServer.close());
      return stopped;
    },
  };
}
