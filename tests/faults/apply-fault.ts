import type { ServiceName } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { loseStore } from '../e2e/money-figures.ts';
import { hasEnded } from '../e2e/start-services.ts';
import { type Deliveries, deliverAgain, publishPoison } from './deliveries.ts';
import type { Order } from './orders.ts';
import { type Fault, links, type ServerName } from './plan.ts';
import type { FaultWorld } from './world.ts';

const startsMax = 5;

/** Begins a fault. Resolves when it has ended by itself, after `forMs` where it has a length. */
export async function applyFault(world: FaultWorld, fault: Fault, deliveries: Deliveries): Promise<void> {
  switch (fault.kind) {
    case 'crash':
      order(world, fault.service, { do: 'crash', point: fault.point, nth: fault.nth });
      return;
    case 'kill':
      world.services.process(fault.service).kill('SIGKILL');
      return await pass(fault.forMs);
    case 'terminate':
      return await terminate(world, fault.service, fault.forMs);
    case 'pause':
      world.services.process(fault.service).kill('SIGSTOP');
      await pass(fault.forMs);
      world.services.process(fault.service).kill('SIGCONT');
      return;
    case 'server-kill':
    case 'server-pause':
      return await stopServer(world, fault.server, fault.kind, fault.forMs);
    case 'link':
      world.relays.set(fault.link, fault.state);
      await pass(fault.forMs);
      return world.relays.set(fault.link, 'open');
    case 'disk-full':
      order(world, 'proxy', { do: 'disk', isFull: true });
      await pass(fault.forMs);
      return order(world, 'proxy', { do: 'disk', isFull: false });
    case 'clock':
      order(world, fault.service, { do: 'clock', offsetMs: fault.offsetMs });
      await pass(fault.forMs);
      return order(world, fault.service, { do: 'clock', offsetMs: 0 });
    case 'lose-store':
      return await loseStore(world.redis, world.redisKeyPrefix);
    case 'deliver-again':
      return await deliverAgain(world.eventLog, deliveries);
    case 'poison':
      return await publishPoison(world.eventLog, deliveries);
  }
}

/** Starts what died and disarms what never died; resolves when every service is ready. */
export async function heal(world: FaultWorld, services: readonly ServiceName[]): Promise<void> {
  world.relays.heal();
  for (const service of services) order(world, service, { do: 'disarm' });
  await Promise.all(
    services.filter((service) => hasEnded(world.services.process(service))).map((service) => supervise(world, service)),
  );
}

/** A process that ends as it starts, since a server is not there yet, is started again, as a supervisor does. */
async function supervise({ services }: FaultWorld, service: ServiceName): Promise<void> {
  for (let left = startsMax; left > 0; left -= 1) {
    const error = await services.restart(service).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) return;
    if (left === 1 || !hasEnded(services.process(service))) throw error;
  }
}

/** A process that stops finishes its requests first: it must have ended before it can be started again. */
async function terminate({ services }: FaultWorld, service: ServiceName, forMs: number): Promise<void> {
  const child = services.process(service);
  child.kill('SIGTERM');
  await waitFor(() => hasEnded(child), { describe: `${service} to end after SIGTERM (I15)` });
  await pass(forMs);
}

/** A process that ends takes no order, and needs none. */
function order({ services }: FaultWorld, service: ServiceName, what: Order): void {
  const child = services.process(service);
  if (child.connected) child.send(what, () => undefined);
}

async function stopServer(
  { servers, relays }: FaultWorld,
  server: ServerName,
  kind: 'server-kill' | 'server-pause',
  forMs: number,
): Promise<void> {
  if (servers.canBeKilled) {
    await servers.signal(server, kind === 'server-kill' ? 'KILL' : 'STOP');
    await pass(forMs);
    await (kind === 'server-kill' ? servers.start(server) : servers.signal(server, 'CONT'));
    return;
  }
  const ways = links.filter(({ to }) => to === server);
  for (const link of ways) relays.set(link, kind === 'server-kill' ? 'cut' : 'hang');
  await pass(forMs);
  for (const link of ways) relays.set(link, 'open');
}

/** The length of a fault is a time by itself: there is nothing to wait for. */
async function pass(forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  await waitFor(() => performance.now() >= end, { timeoutMs: forMs + 60_000, describe: 'the fault to end' });
}
