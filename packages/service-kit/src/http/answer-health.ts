import type { RequestListener } from 'node:http';
import type { PeerName } from '@aggregator/contracts';
import type { ServiceContext } from '../lifecycle/service-definition.ts';
import { type HealthAnswer, readHealth } from './health.ts';

/** The phase of a service, as its health routes report it. */
export interface ServiceState {
  readonly service: PeerName;
  phase: 'starting' | 'started' | 'draining';
  /** Null until it is built. */
  context: ServiceContext | null;
}

type Answer = Parameters<RequestListener>[1];

/**
 * Sends health and metrics; returns false if the request is for another path. Every process that can answer is alive,
 * although it may wait for a dependency: a process that is restarted because its database is away only returns later.
 */
export function answerHealth(state: ServiceState, request: Parameters<RequestListener>[0], answer: Answer): boolean {
  const { url = '', method } = request;
  if (!url.startsWith('/health') && !url.startsWith('/metrics')) return false;
  if (method !== 'GET' && method !== 'HEAD') return false;
  switch (url.split('?', 1)[0]?.replace(/\/$/, '')) {
    case '/health/live':
      sendJson(answer, 200, { status: 'ok', service: state.service });
      return true;
    case '/health/startup':
      sendHealth(answer, toPhaseHealth(state, state.phase === 'starting'));
      return true;
    case '/health':
      void readChecks(state, { ...state.context?.readinessChecks, ...state.context?.dependencyChecks }).then((health) =>
        sendHealth(answer, withServices(health, state.context?.healthServices)),
      );
      return true;
    case '/health/ready':
      void readChecks(state, { ...state.context?.readinessChecks }).then((health) => sendHealth(answer, health));
      return true;
    case '/metrics':
      void sendMetrics(answer, state);
      return true;
    default:
      return false;
  }
}

async function readChecks(state: ServiceState, checks: Parameters<typeof readHealth>[1]): Promise<HealthAnswer> {
  if (state.phase !== 'started') return toPhaseHealth(state, true);
  const health = await readHealth(state.service, checks);
  // The service may have begun to stop while its dependencies were asked.
  return state.phase === 'started' ? health : toPhaseHealth(state, true);
}

function toPhaseHealth({ service, phase }: ServiceState, isUnavailable: boolean): HealthAnswer {
  const timestamp = new Date().toISOString();
  return isUnavailable
    ? { status: 'unavailable', service, timestamp, checks: { [phase]: 'unavailable' } }
    : { status: 'ok', service, timestamp, checks: {} };
}

function withServices(health: HealthAnswer, names: Readonly<Record<string, string>> | undefined): HealthAnswer {
  if (names === undefined) return health;
  const services = Object.entries(names).map(([name, check]) => [name, health.checks[check] ?? 'unavailable'] as const);
  return { ...health, services: Object.fromEntries(services) };
}

function sendHealth(answer: Answer, health: HealthAnswer): void {
  sendJson(answer, health.status === 'ok' ? 200 : 503, health);
}

async function sendMetrics(answer: Answer, { service, context }: ServiceState): Promise<void> {
  try {
    if (context === null) throw new Error('nothing is counted yet');
    const { text, contentType } = await context.metrics.read();
    answer.writeHead(200, { 'content-type': contentType }).end(text);
  } catch {
    sendJson(answer, 503, { status: 'unavailable', service });
  }
}

function sendJson(answer: Answer, status: number, body: unknown): void {
  answer.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  answer.end(JSON.stringify(body));
}
