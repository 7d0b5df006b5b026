import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Standalone, type StandaloneOverrides, silentProgress, startStandalone } from '@aggregator/standalone';
import { claimPorts } from './claim-ports.ts';

/** All six services in this process, on embedded parts, in a state directory of their own. */
export interface World extends Standalone {
  stateDirectory: string;
  /** Stops everything and deletes the state. */
  destroy(): Promise<void>;
}

/** `environment` is all that the services see besides their own state: nothing of the developer's shell leaks in. */
export async function startWorld(
  environment: Record<string, string> = {},
  overrides: StandaloneOverrides = {},
): Promise<World> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'aggregator-world-'));
  const ports = await claimPorts();
  const standalone = await startStandalone(
    {
      PATH: process.env.PATH,
      STATE_DIRECTORY: stateDirectory,
      PORT_BASE: String(ports.base),
      LOG_LEVEL: 'error',
      ...environment,
    },
    silentProgress,
    overrides,
  ).catch(async (error: unknown) => {
    await ports.release();
    throw error;
  });
  return {
    ...standalone,
    stateDirectory,
    async destroy() {
      await standalone.stop();
      await ports.release();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}
