import { drainFinalizer } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sampleTraffic } from './testing/samples.ts';
import { type OperatorWorld, openOperatorWorld } from './testing/start-operator.ts';
import { providerKind } from './watch/kinds.ts';

describe('a Provider that goes', () => {
  let world: OperatorWorld;

  beforeEach(async () => {
    world = await openOperatorWorld();
    await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
  });

  afterEach(async () => {
    await world.close();
  });

  const remove = () => world.api.objects.remove(providerKind, 'team-a', 'mock');
  const isGone = () => world.find(providerKind, 'team-a', 'mock') === undefined;
  const setOpen = (inFlight: number) => world.orchestrator.traffic.set('mock', sampleTraffic({ inFlight }));

  it('is held only by our finalizer, which is set once it is declared', () => {
    expect(world.find(providerKind, 'team-a', 'mock')?.metadata.finalizers).toEqual([drainFinalizer]);
  });

  it('takes no new request at once, and stays until the last one has ended', async () => {
    setOpen(2);
    remove();

    await waitFor(() => world.orchestrator.namesOf().length === 0, { describe: 'it to take no requests' });
    const { message } = await world.until('mock', { reason: 'Draining' });
    expect(message).toContain('2 are open');
    expect(isGone()).toBe(false);
    setOpen(0);

    await waitFor(isGone, { describe: 'it to be gone' });
  });

  it('stays while a proxy has not heard of it', async () => {
    const proxy = world.orchestrator.proxies.get('proxy-1');
    if (proxy === undefined) throw new Error('no proxy');
    proxy.isStuck = true;
    remove();
    await world.until('mock', { reason: 'Draining' });
    expect(isGone()).toBe(false);

    proxy.version = world.orchestrator.snapshot.version;

    await waitFor(isGone, { describe: 'it to be gone' });
  });

  it('is released at once if its annotation says so, although services are away', async () => {
    setOpen(2);
    world.orchestrator.isDown = true;
    remove();
    const held = world.find(providerKind, 'team-a', 'mock');
    if (held === undefined) throw new Error('it is gone');
    const annotations = { 'aggregator.dev/skip-drain': 'true' };

    world.api.objects.update(providerKind, {
      ...held,
      metadata: { ...held.metadata, annotations, resourceVersion: '' },
    });

    await waitFor(isGone, { describe: 'it to be gone' });
  });

  it('reports how many requests are open while it is only drained, and is served again after that', async () => {
    setOpen(3);
    world.change(providerKind, 'mock', { state: 'Draining' });
    const { message } = await world.until('mock', { status: 'False', reason: 'Draining' });
    expect(message).toContain('3 are open');
    expect(world.orchestrator.namesOf()).toEqual([]);

    world.change(providerKind, 'mock', { state: 'Enabled' });

    await world.until('mock', { status: 'True' });
  });
});
