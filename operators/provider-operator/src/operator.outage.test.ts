import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OperatorWorld, openOperatorWorld } from './testing/start-operator.ts';
import { modelRouteKind, providerKind } from './watch/kinds.ts';

describe('the operator, when something is away', () => {
  let world: OperatorWorld;

  beforeEach(async () => {
    world = await openOperatorWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  it('blames the orchestrator for what waits for it alone, and hands it over when it is back', async () => {
    await world.start();
    world.provider('old');
    await world.until('old', { status: 'True' });
    world.orchestrator.isDown = true;
    world.provider('new');

    await world.until('new', { type: 'Programmed', reason: 'OrchestratorUnavailable' });
    expect(world.condition('old', 'Ready')?.status).toBe('True');
    world.orchestrator.isDown = false;

    await world.until('new', { status: 'True' });
    expect(world.orchestrator.namesOf()).toEqual(['new', 'old']);
  });

  it('leaves what is programmed as it is when it starts while the orchestrator is away', async () => {
    const first = await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
    await first.service.stop();
    world.orchestrator.isDown = true;
    const writes = world.statusWrites('mock');

    const second = await world.start();
    await waitFor(() => second.log.some((line) => line.includes('reconcile_failed')), { describe: 'a failed try' });

    expect(world.condition('mock', 'Ready')).toMatchObject({ status: 'True', reason: 'Ready' });
    expect(world.statusWrites('mock')).toBe(writes);
  });

  it('declares everything again, keys and all, to an orchestrator that was restored', async () => {
    await world.start();
    world.secret('openai', 'sk-one');
    world.keyed('openai');
    await world.until('openai', { status: 'True' });

    world.orchestrator.restore();

    await waitFor(() => world.orchestrator.keysOf('openai')[0] === 'sk-one', {
      describe: 'the key to be there again',
    });
    await world.until('openai', { status: 'True' });
  });

  it('keeps what it had while the API server is away, and continues when it is back', async () => {
    const { service } = await world.start({}, { lease: { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 200 } });
    world.provider('mock');
    await world.until('mock', { status: 'True' });

    await world.api.stop();
    expect(world.orchestrator.namesOf()).toEqual(['mock']);
    await world.api.start();
    world.provider('later');

    await world.until('later', { status: 'True' });
    expect(service.context.isLeader).toBe(true);
    expect(world.orchestrator.namesOf()).toEqual(['later', 'mock']);
  });

  it('declares nothing before it has seen everything: what it has not seen is not gone', async () => {
    world.provider('mock');
    world.route('chat', { targets: [{ providerRef: { name: 'mock' } }] });
    const heal = world.api.fault({ matches: ({ path }) => path.includes('/modelroutes'), status: 503 });
    const { service } = await world.start();
    const lists = () => world.api.calls.filter(({ path }) => path.includes('/modelroutes')).length;
    await waitFor(() => lists() >= 3, { describe: 'some tries' });

    expect((await fetch(`${service.url}/health/ready`)).status).toBe(503);
    expect(service.context.isLeader).toBe(false);
    expect(world.orchestrator.calls).toEqual([]);
    heal();

    await world.until('chat', { status: 'True' }, { kind: modelRouteKind });
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  });

  it('looks after the other namespaces when it may not look into one', async () => {
    world.api.fault({ matches: ({ path }) => path.includes('/namespaces/team-b/'), status: 403, reason: 'Forbidden' });
    const { log } = await world.start({ WATCH_NAMESPACES: 'team-a,team-b' }, { refusalMs: 500 });
    await waitFor(() => log.some((line) => line.includes('watch_forbidden') && line.includes('team-b')), {
      describe: 'the log to name the namespace',
    });
    world.provider('mock');

    await world.until('mock', { status: 'True' });
  });

  it('reports a Provider whose Secret it may not read, serves the others, and continues when it may', async () => {
    const isSecrets = ({ path }: { path: string }) => path.includes('/namespaces/team-a/secrets');
    const heal = world.api.fault({ matches: isSecrets, status: 403, reason: 'Forbidden' });
    await world.start({ WATCH_NAMESPACES: 'team-a' }, { refusalMs: 500 });
    world.secret('openai', 'sk-one');
    world.keyed('openai');
    world.provider('mock');

    await world.until('mock', { status: 'True' });
    await world.until('openai', { type: 'CredentialsValid', status: 'False', reason: 'SecretForbidden' });
    expect(world.condition('openai', 'CredentialsValid')?.message).toContain('operator.watchNamespaces');
    expect(world.condition('openai', 'Ready')).toMatchObject({ status: 'False', reason: 'SecretForbidden' });
    heal();

    await world.until('openai', { status: 'True' });
    expect(world.orchestrator.keysOf('openai')).toEqual(['sk-one']);
  });

  it('reads the Secrets that Providers name although it may list none', async () => {
    world.api.fault({ matches: ({ path }) => /\/secrets(\?|$)/.test(path), status: 403, reason: 'Forbidden' });
    const { log } = await world.start({ WATCH_NAMESPACES: 'team-a', WATCH_SECRETS: 'false' });
    world.secret('openai', 'sk-one');
    world.keyed('openai');

    await world.until('openai', { status: 'True' });
    expect(world.condition('openai', 'CredentialsValid')?.message).toContain('once a minute');
    expect(log.some((line) => line.includes('watch_forbidden'))).toBe(false);
  });

  it('sees an object that was deleted and created again as another one, although it missed the deletion', async () => {
    await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
    const [before] = world.orchestrator.providers;
    world.api.watches.mute(true);
    world.api.objects.remove(providerKind, 'team-a', 'mock');
    const held = world.find(providerKind, 'team-a', 'mock');
    if (held !== undefined) {
      world.api.objects.update(providerKind, {
        ...held,
        metadata: { ...held.metadata, finalizers: [], resourceVersion: '' },
      });
    }
    world.provider('mock', { limits: { maxInFlight: 3 } });
    world.api.compact();
    world.api.watches.mute(false);
    world.api.watches.cut();

    await waitFor(() => world.orchestrator.providers[0]?.concurrencyMax === 3, {
      describe: 'the new one to be declared',
    });
    await world.until('mock', { status: 'True' });
    expect(world.orchestrator.providers[0]?.origin.uid).not.toBe(before?.origin.uid);
  });

  it('never writes what it thought of an older version of an object', async () => {
    await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
    const spoil = world.api.fault({
      matches: ({ method, path }) => method === 'PATCH' && path.includes('/status'),
      status: 503,
      times: 1,
    });
    world.change(providerKind, 'mock', { state: 'Disabled' });

    await world.until('mock', { status: 'False', reason: 'Disabled' });
    spoil();

    const writes = world.api.calls.filter(({ path }) => path.includes('mock/status'));
    for (const { body } of writes) {
      expect(body).toMatchObject({ metadata: { uid: expect.any(String), resourceVersion: expect.any(String) } });
    }
  });
});

describe('several operators', () => {
  let world: OperatorWorld;

  beforeEach(async () => {
    world = await openOperatorWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  it('leave the work to one, and another continues when that one stops', async () => {
    const first = await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
    const second = await world.start();
    await waitFor(async () => (await fetch(`${second.service.url}/health/ready`)).ok, { describe: 'it to be ready' });
    expect(second.service.context.isLeader).toBe(false);
    const firstEpoch = world.orchestrator.owner.epoch;
    const writes = world.statusWrites('mock');

    await first.service.stop();
    await waitFor(() => second.service.context.isLeader, { describe: 'the second to lead' });
    world.provider('later');

    await world.until('later', { status: 'True' });
    expect(world.orchestrator.owner.epoch).toBeGreaterThan(firstEpoch);
    // A new leader knows nothing of what was served before.
    expect(world.statusWrites('mock')).toBe(writes);
  });

  it('end when the Lease is not theirs any more, and say nothing after that', async () => {
    const operator = await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
    const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' };
    const lease = world.find(leases, 'aggregator', 'provider-operator');
    if (lease === undefined) throw new Error('no lease');

    world.api.objects.update(leases, {
      ...lease,
      metadata: { ...lease.metadata, resourceVersion: '' },
      spec: { ...Object(lease.spec), holderIdentity: 'another-process' },
    });

    await waitFor(() => operator.exits === 1, { describe: 'it to end' });
    const calls = world.orchestrator.calls.length;
    world.provider('later');
    await waitFor(() => operator.log.some((line) => line.includes('process_ended')), { describe: 'its last word' });
    expect(world.orchestrator.calls.length).toBe(calls);
  });

  it('end when the orchestrator knows a newer leader', async () => {
    const operator = await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
    world.orchestrator.owner = { epoch: Number.MAX_SAFE_INTEGER, sequence: 1 };

    world.provider('later');

    await waitFor(() => operator.exits === 1, { describe: 'it to end' });
    expect(world.orchestrator.namesOf()).toEqual(['mock']);
  });

  it('number their calls, so that none that is late changes anything', async () => {
    await world.start();
    world.secret('openai', 'sk-one');
    world.keyed('openai');
    await world.until('openai', { status: 'True' });

    const sequences = world.orchestrator.calls.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, at) => at + 1));
    expect(world.orchestrator.calls[0]?.epoch).toBeGreaterThan(0);
  });
});
