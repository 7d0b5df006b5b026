import { once } from 'node:events';
import { createServer } from 'node:http';
import { createMockProvider, type MockProvider, type MockProviderOptions } from './mock-provider.ts';

export interface MockProviderServer {
  /** The base URL for a provider of type Mock, as `http://127.0.0.1:4010/v1`. */
  url: string;
  readonly ledger: MockProvider['ledger'];
  /** Takes nothing more, and breaks off what is still open when the grace is over; without one, at once. */
  close(options?: { graceMs?: number }): Promise<void>;
}

const mount = '/v1';
const livePath = '/health/live';

/** The mock provider on its own port, with `GET /health/live`; port 0 takes a free one. */
export async function startMockProviderServer(
  options: MockProviderOptions & { host?: string; port: number },
): Promise<MockProviderServer> {
  const provider = createMockProvider(options);
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    // A connection that is kept alive would hold up the end of a server that takes nothing more.
    response.once('close', () => {
      if (!server.listening) server.closeIdleConnections();
    });
    if (path === livePath) return void response.end('{"status":"ok","service":"mock-provider","checks":{}}');
    provider.handleRequest(request, response, path.startsWith(`${mount}/`) ? path.slice(mount.length) : '');
  });
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}${mount}`,
    ledger: provider.ledger,
    async close({ graceMs = 0 } = {}) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const breakOff = () => {
        provider.close();
        server.closeAllConnections();
      };
      if (graceMs === 0) breakOff();
      const timer = setTimeout(breakOff, graceMs);
      await closed;
      clearTimeout(timer);
      provider.close();
    },
  };
}
