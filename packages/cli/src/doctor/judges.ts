import type { Reply } from '../client/call.ts';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  readonly found: string;
  /** What to do; empty for `ok`. */
  readonly advice: string;
}

type Verdict = Omit<Finding, 'check'>;

/** One check: the route that it reads, and what the answer means. */
export interface Judge {
  readonly name: string;
  readonly path: string;
  /** `any`: it judges every status. */
  readonly takes: 'any' | 'success';
  /** Said if the credential cannot see it. */
  readonly credential: string;
  /** True if nothing else can be checked after a failure. */
  readonly isFirst?: true;
  judge(reply: Reply, nowMs: number, url: string): Verdict;
}

const ok = (found: string): Verdict => ({ state: 'ok', found, advice: '' });
const operator = 'Log in as an operator to see this.';
const person = 'Log in, or set AGGREGATOR_API_KEY.';
const clockSkewMaxMs = 30_000;

type Rows = { data?: Record<string, unknown>[] };
const rowsOf = ({ json }: Reply) => (json as Rows).data ?? [];

/** A list that is to be empty. */
const mustBeEmpty = (name: string, path: string, advice: string): Judge => ({
  ...{ name, path, takes: 'success', credential: operator },
  judge(reply) {
    const { length } = rowsOf(reply);
    return length === 0 ? ok('none') : { state: 'warn', found: `${length} or more`, advice };
  },
});

export const judges: readonly Judge[] = [
  {
    ...{ name: 'gateway', path: '/health/live', takes: 'any', credential: '', isFirst: true },
    judge({ status }, _nowMs, url) {
      // The public entry of a cluster routes no health.
      if (status === 200 || status === 404) return ok(url);
      return { state: 'fail', found: `status ${status}`, advice: 'Read the log of the gateway: it is not alive.' };
    },
  },
  {
    ...{ name: 'transport', path: '/v1/auth/methods', takes: 'any', credential: '' },
    judge(_reply, _nowMs, url) {
      const { protocol, hostname } = new URL(url);
      const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
      if (protocol === 'https:' || isLocal) return ok(protocol.slice(0, -1));
      return { state: 'warn', found: 'http', advice: 'Put TLS in front of the gateway: keys are sent in clear.' };
    },
  },
  {
    ...{ name: 'clock', path: '/v1/auth/methods', takes: 'any', credential: '' },
    judge({ headers }, nowMs) {
      const skewMs = Math.abs(Date.parse(headers.get('date') ?? '') - nowMs);
      if (Number.isNaN(skewMs) || skewMs <= clockSkewMaxMs) return ok('no more than 30 seconds off');
      const found = `${Math.round(skewMs / 1000)} seconds off`;
      return { state: 'warn', found, advice: 'Synchronise the clocks (NTP): tokens and signatures expire by time.' };
    },
  },
  {
    ...{ name: 'auth', path: '/v1/auth/methods', takes: 'any', credential: '' },
    judge({ status }) {
      if (status === 200) return ok('answers');
      return {
        state: 'fail',
        found: `status ${status}`,
        advice: 'Read /health/ready and the log of auth: its database may be away.',
      };
    },
  },
  {
    ...{ name: 'readiness', path: '/health/ready', takes: 'any', credential: '' },
    judge({ status, json }) {
      if (status === 200) return ok('ready');
      if (status === 404) return { state: 'skip', found: 'not routed', advice: 'Use kubectl get pods in a cluster.' };
      return { state: 'fail', found: JSON.stringify(json), advice: 'Read the log of the proxies: none is ready.' };
    },
  },
  {
    ...{ name: 'models', path: '/v1/models', takes: 'success', credential: person },
    judge(reply) {
      const { length } = rowsOf(reply);
      if (length > 0) return ok(`${length} models`);
      return { state: 'fail', found: 'no models', advice: 'Declare a provider with a key and priced models.' };
    },
  },
  {
    ...{ name: 'balance', path: '/v1/billing/balance', takes: 'success', credential: person },
    judge({ json }) {
      const { balanceNanoUsd = '0', balance = '0' } = json as { balanceNanoUsd?: string; balance?: string };
      if (BigInt(balanceNanoUsd) > 0n) return ok(`$${balance}`);
      return { state: 'warn', found: `$${balance}`, advice: 'Top up: requests are rejected without a balance.' };
    },
  },
  {
    ...{ name: 'providers', path: '/v1/orchestrator/providers?limit=100', takes: 'success', credential: operator },
    judge(reply) {
      const bad = rowsOf(reply).filter(({ enabled, health, unpricedModels }) => {
        return enabled === false || Number(unpricedModels) > 0 || (health as { state?: string })?.state === 'unhealthy';
      });
      if (bad.length === 0) return ok(`${rowsOf(reply).length} providers`);
      const names = bad.slice(0, 5).map(({ name }) => String(name));
      const advice = 'Read providers show: they are disabled, unhealthy, or have models without a price.';
      return { state: 'warn', found: names.join(', '), advice };
    },
  },
  mustBeEmpty('dead letters', '/v1/billing/dead-letters?limit=1', 'Read dead-letters list; replay or drop each.'),
  mustBeEmpty(
    'usage reviews',
    '/v1/billing/reviews?state=open&limit=1',
    'Judge open reviews: GET /v1/billing/reviews.',
  ),
  mustBeEmpty(
    'critical events',
    '/v1/auth/security-events?severity=critical&limit=1',
    'Read security list, and close what it names.',
  ),
];
