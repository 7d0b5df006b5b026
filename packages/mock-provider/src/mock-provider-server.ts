import { once } from 'node:events';
import { createServer } from 'node:http';
import { createMockProvider, type MockProvider, type MockProviderOptions } from './mock-provider.ts';

export interface MockProviderServer {
  /** The base URL for a provider of type Mock, as `http://127.0.0.1:4010/v1`. */
  url: string;
  readonly ledger: MockProvider['ledger'];
  close(): Promise<void>;
}

const mount = '/v1';

/** The mock provider on a port of its own; port 0 takes a free one. */
export async function startMockProviderServer(
  options: MockProviderOptions & { host?: string; port: number },
): Promise<MockProviderServer> {
  const provider = createMockProvider(options);
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
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
    async close() {
      provider.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
