import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CommonConfig } from '../config/common-variables.ts';
import type { ServiceContext, ServiceDefinition } from './service-definition.ts';

export interface RunningService<Context> {
  readonly context: Context;
  readonly port: number;
  /** Base URL on this machine. */
  readonly url: string;
  /** Stops taking requests, lets those in flight finish within the grace, then closes the context. */
  stop(): Promise<void>;
}

const pollMs = 20;

/** Builds a service and opens its port. Used by `runService` for a process of its own, and by the embedded form. */
export async function startService<Config extends CommonConfig, Context extends ServiceContext, Overrides>(
  definition: ServiceDefinition<Config, Context, Overrides>,
  config: Config,
  overrides?: Partial<Overrides>,
): Promise<RunningService<Context>> {
  const context = await definition.createContext(config, overrides);
  const server = createHardenedServer(definition.createApp(context));
  try {
    await listen(server, config.host, config.port);
    await context.start();
  } catch (error) {
    server.close();
    server.closeAllConnections();
    await context.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  context.logger.info('service_started', { port });
  return {
    context,
    port,
    url: `http://${host}:${port}`,
    async stop() {
      context.beginDrain?.();
      await drain(server, config.shutdownGraceMs);
      await context.close();
      context.logger.info('service_stopped');
    },
  };
}

/** Bounds on what a client may do to a connection: slow headers, huge headers, idle sockets. */
function createHardenedServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: 32 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 120_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2000,
      insecureHTTPParser: false,
    },
    listener,
  );
  server.maxHeadersCount = 200;
  server.maxRequestsPerSocket = 0;
  return server;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Idle connections go at once; busy ones when their answer is done, or when the grace is over. */
async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const sweep = setInterval(() => server.closeIdleConnections(), pollMs);
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  server.closeIdleConnections();
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}
