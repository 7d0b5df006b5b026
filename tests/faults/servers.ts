import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { waitFor } from '@aggregator/testing';
import type { ServerName } from './plan.ts';

const run = promisify(execFile);
const startMs = 300_000;

/** PostgreSQL, Redis and Kafka of the environment: where they listen, and how they are killed, paused and started. */
export interface Servers {
  readonly addresses: Readonly<Record<ServerName, { host: string; port: number }>>;
  /** False where the environment has no commands for it. */
  readonly canBeKilled: boolean;
  signal(server: ServerName, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void>;
  /** Starts a killed one at the same port, with its data; resolves when it serves. */
  start(server: ServerName): Promise<void>;
}

/**
 * `FAULTS_KILL_SERVER <name> <signal>` and `FAULTS_START_SERVER <name>` are commands for the servers of `POSTGRES_URL`,
 * `REDIS_URL` and `KAFKA_BROKERS`.
 */
export function readServers(environment: NodeJS.ProcessEnv): Servers {
  const { POSTGRES_URL, REDIS_URL, KAFKA_BROKERS, FAULTS_KILL_SERVER = '', FAULTS_START_SERVER = '' } = environment;
  if (!POSTGRES_URL || !REDIS_URL || !KAFKA_BROKERS) {
    throw new Error('POSTGRES_URL, REDIS_URL and KAFKA_BROKERS: the fault rig needs real servers');
  }
  return {
    addresses: {
      postgres: toAddress(POSTGRES_URL, 5432),
      redis: toAddress(REDIS_URL, 6379),
      kafka: toAddress(`kafka://${KAFKA_BROKERS.split(',')[0]}`, 9092),
    },
    canBeKilled: FAULTS_KILL_SERVER !== '' && FAULTS_START_SERVER !== '',
    async signal(server, signal) {
      await run(FAULTS_KILL_SERVER, [server, signal]);
    },
    async start(server) {
      // A server that reads its log after a crash may take longer than its command waits.
      await waitFor(() => run(FAULTS_START_SERVER, [server]).then(() => true), {
        ...{ timeoutMs: startMs, describe: `${server} to be started again` },
      });
    },
  };
}

function toAddress(text: string, portDefault: number): { host: string; port: number } {
  const url = new URL(text);
  return { host: url.hostname, port: Number(url.port || portDefault) };
}
