import type { CommonConfig } from '../config/common-variables.ts';
import { completeEnvironment } from '../config/complete-environment.ts';
import { ConfigError, type ConfigShape, type Environment, processEnvironment } from '../config/read-config.ts';
import { findUnknownNames } from '../config/unknown-names.ts';
import type { ServiceContext, ServiceDefinition } from './service-definition.ts';
import { type RunningService, startService } from './start-service.ts';

/** Runs a service as a separate process: reads the environment, starts, stops cleanly on SIGTERM or SIGINT. */
export async function runService<Config extends CommonConfig, Context extends ServiceContext, Overrides>(
  definition: ServiceDefinition<Config, Context, Overrides>,
  environment: Environment = processEnvironment(),
): Promise<void> {
  let service: RunningService<Context> | null = null;
  // From the first moment, since the first process of a container ignores signals that it does not listen to. Before it
  // has started, nothing is in flight and there is nothing to wait for.
  onceTerminated(async () => {
    await service?.stop();
  });
  try {
    reportUnknownNames(definition, environment);
    const config = definition.readConfig(completeEnvironment(environment));
    service = await startService(definition, config);
  } catch (error) {
    process.stderr.write(
      `${definition.name}: ${error instanceof ConfigError ? error.message : (error as Error).stack}\n`,
    );
    process.exitCode = 1;
    setImmediate(() => process.exit(1));
  }
}

/** Writes one line for each variable that looks like ours and is not read. */
export function reportUnknownNames(
  definition: { readonly name: string; readonly variables: ConfigShape },
  environment: Environment,
): void {
  for (const { name, nearest } of findUnknownNames(definition.variables, environment)) {
    const advice = nearest === null ? '' : ` The nearest name is ${nearest}.`;
    process.stderr.write(`${definition.name}: ${name} is set and not read.${advice}\n`);
  }
}

/** Calls `stop` at the first SIGTERM or SIGINT, then ends the process; a second signal ends it at once. */
export function onceTerminated(stop: () => Promise<void>): void {
  let isStopping = false;
  const terminate = (): void => {
    if (isStopping) process.exit(130);
    isStopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`stopping failed: ${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', terminate);
  process.on('SIGINT', terminate);
}
