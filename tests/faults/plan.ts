import type { ServiceName } from '@aggregator/contracts';
import { createRandom } from '../world/mixed-load.ts';
import { type CrashPoint, crashPoints } from './crash-points.ts';

export type ServerName = 'postgres' | 'redis' | 'kafka';

/** A way from a service to a server, to the provider or to another service. */
export interface Link {
  service: ServiceName;
  to: ServerName | 'provider' | 'proxy';
}

export type Fault =
  /** SIGKILL at the `nth` time that the process reaches the point. */
  | { kind: 'crash'; service: ServiceName; point: CrashPoint; nth: number }
  | { kind: 'kill' | 'terminate' | 'pause'; service: ServiceName; forMs: number }
  | { kind: 'server-kill' | 'server-pause'; server: ServerName; forMs: number }
  | { kind: 'link'; link: Link; state: 'cut' | 'hang' | 'slow'; forMs: number }
  | { kind: 'disk-full'; forMs: number }
  | { kind: 'clock'; service: ServiceName; offsetMs: number; forMs: number }
  | { kind: 'lose-store' | 'deliver-again' | 'poison' };

/** What a seed does: each fault begins when `at` requests are done. */
export interface Plan {
  seed: number;
  faults: readonly { at: number; fault: Fault }[];
}

export const requestsOfPlan = 90;
/** The last fault begins before this one, so that requests meet it. */
const lastAt = 60;
const faultMs = { min: 100, max: 4000 };
const clockMs = 90_000;

const services: readonly ServiceName[] = [
  'api-gateway',
  'auth',
  'provider-orchestrator',
  'proxy',
  'billing',
  'analytics',
];
const servers: readonly ServerName[] = ['postgres', 'redis', 'kafka'];

export const links: readonly Link[] = [
  { service: 'api-gateway', to: 'redis' },
  { service: 'api-gateway', to: 'proxy' },
  { service: 'auth', to: 'postgres' },
  { service: 'auth', to: 'redis' },
  { service: 'auth', to: 'kafka' },
  { service: 'provider-orchestrator', to: 'postgres' },
  { service: 'provider-orchestrator', to: 'redis' },
  { service: 'proxy', to: 'redis' },
  { service: 'proxy', to: 'kafka' },
  { service: 'proxy', to: 'provider' },
  { service: 'billing', to: 'postgres' },
  { service: 'billing', to: 'redis' },
  { service: 'billing', to: 'kafka' },
  { service: 'analytics', to: 'postgres' },
  { service: 'analytics', to: 'kafka' },
];

/** Every kind of fault but a crash, as a function of a generator of numbers in [0, 1). */
const others: readonly ((random: () => number) => Fault)[] = [
  (random) => ({ kind: 'kill', service: pick(random, services), forMs: length(random) }),
  (random) => ({ kind: 'server-kill', server: pick(random, servers), forMs: length(random) }),
  (random) => ({ kind: 'pause', service: pick(random, services), forMs: length(random) }),
  () => ({ kind: 'deliver-again' }),
  (random) => ({ kind: 'disk-full', forMs: length(random) }),
  (random) => ({ kind: 'server-pause', server: pick(random, servers), forMs: length(random) }),
  () => ({ kind: 'poison' }),
  planLink,
  (random) => ({ kind: 'terminate', service: pick(random, services), forMs: length(random) }),
  (random) => ({
    ...{ kind: 'clock', service: pick(random, services), offsetMs: random() < 0.5 ? clockMs : -clockMs },
    forMs: length(random),
  }),
  planLink,
  () => ({ kind: 'lose-store' }),
];

/** The same seed makes the same plan. One crash at a point, one fault of another kind, each in turn, and for half of the seeds a third. */
export function makePlan(seed: number): Plan {
  const random = createRandom(seed);
  const [service, point] = crashPoints[(seed * 7) % crashPoints.length] ?? ['proxy', 'intent:before'];
  const faults: Fault[] = [{ kind: 'crash', service, point, nth: 1 + Math.floor(random() * 12) }];
  const other = others[seed % others.length];
  if (other !== undefined) faults.push(other(random));
  if (random() < 0.5) faults.push(pick(random, others)(random));
  return { seed, faults: faults.map((fault) => ({ at: 1 + Math.floor(random() * lastAt), fault })) };
}

function planLink(random: () => number): Fault {
  const link = pick(random, links);
  // A call that breaks costs at the provider and not here; `packages/resilience` and the proxy's tests judge those.
  const state = link.to === 'provider' ? 'slow' : pick(random, ['cut', 'hang', 'slow'] as const);
  return { kind: 'link', link, state, forMs: length(random) };
}

function pick<T>(random: () => number, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

function length(random: () => number): number {
  return Math.round(faultMs.min + random() * (faultMs.max - faultMs.min));
}
