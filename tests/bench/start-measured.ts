import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { signUp } from '../e2e/sign-up.ts';
import { startServices } from '../e2e/start-services.ts';
import { startOnCore, waitForLine } from './processes.ts';

export interface Measured {
  description: string;
  baseUrl: string;
  apiKey: string;
  /** Keys of so many more organisations, one of each. */
  signUpMore(count: number): Promise<string[]>;
  /** Whose CPU time counts. */
  measured: ChildProcess[];
  /** Ends all that was not given to `keep`. */
  stop(): Promise<void>;
}

export interface MeasuredOptions {
  measuredCore: number;
  otherCore: number;
  upstreamUrl: string;
  state: string;
  keep(child: ChildProcess): ChildProcess;
}

const portBase = 9310;
const unlimited = {
  DEFAULT_REQUESTS_PER_MINUTE: '1000000',
  DEFAULT_CONCURRENT_REQUESTS: '10000',
  PUBLIC_REQUESTS_PER_MINUTE: '100000',
  LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '100000',
};

/** The product as it is shipped, everything on, in front of the frugal provider. */
export function startMeasured(options: MeasuredOptions): Promise<Measured> {
  const { REDIS_URL, KAFKA_BROKERS, POSTGRES_URL } = process.env;
  return REDIS_URL && KAFKA_BROKERS && POSTGRES_URL ? startSeparate(options, POSTGRES_URL) : startTogether(options);
}

/** Gateway and proxy each a separate process on the measured core, the other four on the other one. */
async function startSeparate(options: MeasuredOptions, postgresUrl: string): Promise<Measured> {
  process.env.TEST_POSTGRES_URL = postgresUrl;
  const services = await startServices(
    {
      ...unlimited,
      LOG_LEVEL: 'info',
      MOCK_PROVIDER: 'false',
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: `${options.upstreamUrl}/v1`,
      SIGN_UP_CREDIT_NANO_USD: '1000000000000',
      LEASE_TARGET_NANO_USD: '100000000000',
    },
    (service, file, environment) => {
      const isMeasured = service === 'api-gateway' || service === 'proxy';
      const child = startOnCore(isMeasured ? options.measuredCore : options.otherCore, file, [], environment);
      // Logging is part of the cost, but this run does not read the log.
      child.stdout?.resume();
      return child;
    },
  );
  return {
    description: 'gateway and proxy as processes of their own, on PostgreSQL, Redis and Kafka, everything on',
    baseUrl: services.baseUrl,
    apiKey: (await signUp(services.baseUrl)).apiKey,
    signUpMore: (count) => signUpMany(services.baseUrl, count),
    measured: [services.process('api-gateway'), services.process('proxy')],
    stop: () => services.stop(),
  };
}

/** All six services in one process, as `npm start` runs them. */
async function startTogether(options: MeasuredOptions): Promise<Measured> {
  const standalone = options.keep(
    startOnCore(options.measuredCore, 'apps/standalone/src/main.ts', [], {
      ...unlimited,
      STATE_DIRECTORY: options.state,
      PORT_BASE: String(portBase),
      LOG_LEVEL: 'info',
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: `${options.upstreamUrl}/v1`,
    }),
  );
  await waitForLine(standalone, 'is ready');
  standalone.stdout?.resume();
  const facts: { baseUrl: string; apiKey: string } = JSON.parse(
    readFileSync(join(options.state, 'standalone.json'), 'utf8'),
  );
  return {
    ...facts,
    signUpMore: (count) => signUpMany(facts.baseUrl, count),
    description: 'all six services in one process, everything on',
    measured: [standalone],
    stop: () => Promise.resolve(),
  };
}

const signUpsAtOnce = 4;

async function signUpMany(baseUrl: string, count: number): Promise<string[]> {
  const keys: string[] = [];
  const work = async () => {
    while (keys.length < count) {
      const { apiKey } = await signUp(baseUrl);
      keys.push(apiKey);
      await waitFor(() => isServed(baseUrl, apiKey), { describe: () => 'a new organisation to be served' });
    }
  };
  await Promise.all(Array.from({ length: signUpsAtOnce }, work));
  return keys.slice(0, count);
}

/** Credit reaches the counter store a moment after the sign-up. */
async function isServed(baseUrl: string, apiKey: string): Promise<boolean> {
  const body = JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${baseUrl}/v1/chat/completions`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  return answer.ok;
}
