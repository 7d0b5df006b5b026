import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { serviceNames } from '@aggregator/contracts';
import { startServices } from '../e2e/start-services.ts';
import { root } from '../tidy/source-files.ts';
import { readCpuMs } from './processes.ts';

/**
 * `npm run bench:idle`: the CPU time of each service without any request, each a separate process on real servers. Needs
 * POSTGRES_URL, REDIS_URL and KAFKA_BROKERS. IDLE_SECONDS sets the length.
 */
const settleMs = 20_000;
const seconds = Number(process.env.IDLE_SECONDS ?? 60);
/** Percent of a core. */
const goal = 0.5;

process.env.TEST_POSTGRES_URL ??= process.env.POSTGRES_URL;
const services = await startServices({}, (_service, file, environment) =>
  spawn(process.execPath, [file], {
    cwd: root,
    env: { ...environment, NODE_ENV: 'production', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'ignore', 'inherit'],
  }),
);
try {
  // A process that has just started compiles, connects and joins its consumer groups.
  await pause(settleMs);
  const before = serviceNames.map((name) => readCpuMs(services.process(name)));
  const startedMs = performance.now();
  await pause(seconds * 1000);
  const elapsedMs = performance.now() - startedMs;
  for (const [at, name] of serviceNames.entries()) {
    const percent = ((readCpuMs(services.process(name)) - (before[at] ?? 0)) / elapsedMs) * 100;
    process.stdout.write(
      `${name}: ${percent.toFixed(2)} % of a core (goal ${goal} %: ${percent < goal ? 'met' : 'NOT met'})\n`,
    );
  }
} finally {
  await services.stop();
}
