import { AppError } from '@aggregator/contracts';
import type { CommonConfig } from '../config/common-variables.ts';
import { answerHealth, type ServiceState } from '../http/answer-health.ts';
import { sendProblem } from '../http/send-error.ts';
import { DrainableServer } from './drainable-server.ts';
import type { ServiceContext, ServiceDefinition } from './service-definition.ts';

export interface RunningService<Context> {
  readonly context: Context;
  readonly port: number;
  /** Base URL on this machine. */
  readonly url: string;
  /** Base URL of health and metrics on this machine, where they have a port of their own. */
  readonly adminUrl: string | null;
  /** Stops taking requests, lets those in flight finish within the grace, then closes the context. */
  stop(): Promise<void>;
}

/** Builds a service and opens its port. Used by `runService` for a separate process, and by the embedded form. */
export async function startService<Config extends CommonConfig, Context extends ServiceContext, Overrides>(
  definition: ServiceDefinition<Config, Context, Overrides>,
  config: Config,
  overrides?: Partial<Overrides>,
): Promise<RunningService<Context>> {
  const state: ServiceState = { service: definition.name, phase: 'starting', context: null };
  const admin = await openAdmin(state, config);
  try {
    const context = await definition.createContext(config, overrides);
    state.context = context;
    const { server, port } = await openService(definition, config, context, state);
    state.phase = 'started';
    context.logger.info('service_started', { port, ...(admin !== null && { adminPort: admin.port }) });
    return {
      ...{ context, port },
      url: toUrl(config.host, port),
      adminUrl: admin === null ? null : toUrl(config.host, admin.port),
      async stop() {
        state.phase = 'draining';
        context.beginDrain?.();
        await server.drain(config.shutdownGraceMs, config.shutdownQuietMs);
        await context.close();
        context.logger.info('service_stopped');
        await admin?.server.destroy();
      },
    };
  } catch (error) {
    await admin?.server.destroy();
    throw error;
  }
}

/** Opens the port, then begins what runs by itself; takes everything down again where one of them fails. */
async function openService<Config extends CommonConfig, Context extends ServiceContext, Overrides>(
  definition: ServiceDefinition<Config, Context, Overrides>,
  { host, port, adminPort }: Config,
  context: Context,
  state: ServiceState,
): Promise<{ server: DrainableServer; port: number }> {
  const app = definition.createApp(context);
  // With a port of their own, health and metrics are not on this one: who may reach it need not know them.
  const server = new DrainableServer(
    adminPort === undefined
      ? (request, response) => {
          if (!answerHealth(state, request, response)) app(request, response);
        }
      : app,
    definition.boundServer?.(context),
  );
  try {
    const opened = await server.listen(host, port);
    await context.start();
    return { server, port: opened };
  } catch (error) {
    await server.destroy();
    await context.close();
    throw error;
  }
}

/**
 * Health and metrics on a port of their own, from before the context is built, which may wait long for a dependency, to
 * the very end. Null where none is asked for.
 */
async function openAdmin(
  state: ServiceState,
  { host, adminPort }: CommonConfig,
): Promise<{ server: DrainableServer; port: number } | null> {
  if (adminPort === undefined) return null;
  const server = new DrainableServer((request, response) => {
    if (!answerHealth(state, request, response)) sendProblem(response, new AppError('not_found'));
  });
  return { server, port: await server.listen(host, adminPort) };
}

function toUrl(host: string, port: number): string {
  return `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
}
