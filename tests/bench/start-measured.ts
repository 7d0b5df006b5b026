import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOnCore, waitForLine } from './processes.ts';

export interface Measured {
  description: string;
  baseUrl: string;
  apiKey: string;
  /** Whose CPU time counts. */
  measured: ChildProcess[];
}

const portBase = 9310;

/** The product as it is shipped, in front of the frugal provider; `keep` is told of every process. */
export async function startMeasured(options: {
  measuredCore: number;
  otherCore: number;
  upstreamUrl: string;
  state: string;
  keep(child: ChildProcess): ChildProcess;
}): Promise<Measured> {
  const standalone = options.keep(
    startOnCore(options.measuredCore, 'apps/standalone/src/main.ts', [], {
      STATE_DIRECTORY: options.state,
      PORT_BASE: String(portBase),
      LOG_LEVEL: 'info',
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: `${options.upstreamUrl}/v1`,
      DEFAULT_REQUESTS_PER_MINUTE: '1000000',
      DEFAULT_CONCURRENT_REQUESTS: '10000',
    }),
  );
  await waitForLine(standalone, 'is ready');
  // What is logged after this is part of the cost, but nobody here reads it.
  standalone.stdout?.resume();
  const facts: { baseUrl: string; apiKey: string } = JSON.parse(
    readFileSync(join(options.state, 'standalone.json'), 'utf8'),
  );
  return {
    description: 'all six services in one process, everything on',
    baseUrl: facts.baseUrl,
    apiKey: facts.apiKey,
    measured: [standalone],
  };
}
