import { type Clock, systemClock } from '@aggregator/kubernetes';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OperatorWorld, openOperatorWorld } from './testing/start-operator.ts';
import { modelRouteKind, providerKind, secretKind } from './watch/kinds.ts';

describe('the operator', () => {
  let world: OperatorWorld;

  beforeEach(async () => {
    world = await openOperatorWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  it('makes a Provider Ready that every proxy serves, and says how many do', async () => {
    await world.start();
    world.secret('openai', 'sk-one');
    world.keyed('openai');

    await world.until('openai', { status: 'True', reason: 'Ready' });

    expect(world.orchestrator.keysOf('openai')).toEqual(['sk-one']);
    expect(world.find(providerKind, 'team-a', 'openai')?.status).toMatchObject({
      observedGeneration: 1,
      programmed: { generation: 1, desired: 2, applied: 2, rejected: 0, summary: '2/2' },
      models: { count: 2, unpriced: 0, names: ['m-1', 'm-2'], truncated: false },
      credentials: [{ name: 'primary', state: 'Unverified' }],
    });
  });

  it('takes a rotated key although the Provider is unchanged', async () => {
    await world.start();
    world.secret('openai', 'sk-one');
    world.keyed('openai');
    await world.until('openai', { status: 'True' });

    world.secret('openai', 'sk-two');

    await waitFor(() => world.orchestrator.keysOf('openai')[0] === 'sk-two', { describe: 'the new key' });
    await world.until('openai', { status: 'True' });
  });

  it('costs the others nothing when objects and keys are bad', async () => {
    world.secret('empty', '\n');
    world.keyed('bad-key', { keys: { primary: 'empty' } });
    world.keyed('no-secret');
    world.provider('bad-spec', { type: 'Skynet' });
    world.provider('good');
    await world.start();

    await world.until('good', { status: 'True' });
    await world.until('bad-key', { type: 'CredentialsValid', status: 'False', reason: 'EmptyKey' });
    await world.until('no-secret', { type: 'CredentialsValid', status: 'False', reason: 'SecretNotFound' });
    await world.until('bad-spec', { type: 'Accepted', status: 'False', reason: 'InvalidSpec' });
    expect(world.orchestrator.namesOf()).toEqual(['good']);
  });

  it('serves a Provider as soon as its Secret is there', async () => {
    world.keyed('openai');
    await world.start();
    await world.until('openai', { status: 'False', reason: 'SecretNotFound' });

    world.secret('openai', 'sk-late');

    await world.until('openai', { status: 'True' });
  });

  it('takes out a Provider whose only key is gone for good', async () => {
    const secret = world.secret('openai', 'sk-one');
    world.keyed('openai');
    await world.start();
    await world.until('openai', { status: 'True' });

    world.api.objects.remove(secretKind, 'team-a', secret.metadata.name);

    await world.until('openai', { status: 'False', reason: 'SecretNotFound' });
    expect(world.orchestrator.namesOf()).toEqual([]);
  });

  it('continues with the last good key while the API server does not return the new one', async () => {
    world.secret('openai', 'sk-one');
    world.keyed('openai');
    await world.start();
    await world.until('openai', { status: 'True' });
    const mend = world.api.fault({ matches: ({ path }) => path.endsWith('/secrets/openai'), status: 403 });

    world.secret('openai', 'sk-two');

    await waitFor(() => world.condition('openai', 'CredentialsValid')?.message.includes('may not read the Secret'), {
      describe: 'the condition to say so',
    });
    expect(world.orchestrator.keysOf('openai')).toEqual(['sk-one']);
    mend();
    await waitFor(() => world.orchestrator.keysOf('openai')[0] === 'sk-two', {
      describe: 'the new key',
    });
  });

  it('serves what needs no key when the orchestrator cannot keep keys, and the rest once it can', async () => {
    world.orchestrator.takesNoKeys = true;
    world.secret('openai', 'sk-one');
    world.keyed('openai');
    world.provider('mock');
    await world.start();

    await world.until('mock', { status: 'True' });
    await world.until('openai', { type: 'Programmed', status: 'False', reason: 'Progressing' });
    world.orchestrator.takesNoKeys = false;

    await world.until('openai', { status: 'True' });
  });

  it('writes no key to its log, to a status or to an Event', async () => {
    const canary = 'canary-3f9a1c77';
    const operator = await world.start();
    world.secret('good', canary);
    world.keyed('good');
    world.secret('bad', `${canary} with spaces`);
    world.keyed('bad');
    world.orchestrator.refusals.set('good', { result: 'invalid', message: 'no' });
    await world.until('bad', { reason: 'InvalidKey' });
    await world.until('good', { reason: 'InvalidSpec' });
    await operator.service.stop();

    const written = world.api.calls.filter(({ method }) => method !== 'GET').map(({ body }) => body);
    expect(world.orchestrator.credentials.size).toBe(1);
    expect(JSON.stringify(written)).not.toContain(canary);
    expect(operator.log.join('')).not.toContain(canary);
    expect(operator.log.length).toBeGreaterThan(3);
    for (const part of [canary, Buffer.from(canary).toString('base64').slice(0, 12)]) {
      expect(operator.log.join('') + JSON.stringify(written)).not.toContain(part);
    }
  });

  it('leaves resources of another class alone, status and all', async () => {
    world.provider('theirs', { className: 'other' });
    world.provider('ours');
    await world.start();
    await world.until('ours', { status: 'True' });

    expect(world.orchestrator.namesOf()).toEqual(['ours']);
    expect(world.find(providerKind, 'team-a', 'theirs')).not.toHaveProperty('status');
  });

  it('rejects the younger of two Providers of one name, and one whose name another owner has', async () => {
    world.orchestrator.refusals.set('taken', { result: 'name_taken', message: "The API declared 'taken' first." });
    world.provider('twin', {}, 'team-a');
    world.provider('taken');
    await world.start();
    await world.until('twin', { status: 'True' });
    world.provider('twin', {}, 'team-b');

    await world.until('twin', { reason: 'DuplicateName' }, { namespace: 'team-b' });
    const { message } = await world.until('taken', { type: 'Accepted', reason: 'DuplicateName' });
    expect(message).toBe("The API declared 'taken' first.");
  });

  it('takes a name that becomes free through the API although the Provider is unchanged', async () => {
    // What waits for half a minute waits for a hundredth of it.
    const hasty: Clock = {
      ...systemClock,
      after: (ms, act) => systemClock.after(ms > 25_000 && ms < 35_000 ? ms / 100 : ms, act),
    };
    world.orchestrator.refusals.set('taken', { result: 'name_taken', message: "The API declared 'taken' first." });
    world.provider('taken');
    await world.start({}, { clock: hasty });
    await world.until('taken', { type: 'Accepted', reason: 'DuplicateName' });

    world.orchestrator.refusals.delete('taken');

    await world.until('taken', { status: 'True' });
  });

  it('says which proxy refuses a Provider, and takes it back when that has ended', async () => {
    await world.start();
    const proxy = world.orchestrator.proxies.get('proxy-1');
    if (proxy === undefined) throw new Error('no proxy');
    proxy.problems = [{ entry: 'providers/mock', message: 'no adapter' }];
    world.provider('mock');

    const { message } = await world.until('mock', { type: 'Programmed', reason: 'RejectedByProxy' });
    expect(message).toBe('Refused by proxy-1: no adapter.');
    proxy.problems = [];

    await world.until('mock', { status: 'True' });
  });

  it('waits for a proxy that is behind only as long as it takes requests', async () => {
    await world.start();
    const proxy = world.orchestrator.proxies.get('proxy-1');
    if (proxy === undefined) throw new Error('no proxy');
    proxy.isStuck = true;
    world.provider('mock');
    await world.until('mock', { type: 'Programmed', reason: 'Progressing', message: 'Not yet served by proxy-1.' });

    world.endpoints('proxy-0');

    await world.until('mock', { status: 'True' });
    expect(world.find(providerKind, 'team-a', 'mock')?.status).toMatchObject({ programmed: { summary: '1/1' } });
  });

  it('writes a status a few times, and not at all when nothing is new', async () => {
    await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });
    const writes = world.statusWrites('mock');
    expect(writes).toBeLessThanOrEqual(4);

    // Others are declared, served and reported, and this one is not written for that.
    for (const name of ['second', 'third']) {
      world.provider(name);
      await world.until(name, { status: 'True' });
    }

    expect(world.statusWrites('mock')).toBe(writes);
    // Once at the start, and once for each: not for what we write ourselves.
    expect(world.orchestrator.calls.length).toBeLessThanOrEqual(4);
  });

  it('declares a change of the spec, and says so of that generation alone', async () => {
    await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });

    world.change(providerKind, 'mock', { limits: { maxInFlight: 7 } });

    await world.until('mock', { status: 'True' });
    expect(world.orchestrator.providers).toMatchObject([{ concurrencyMax: 7, origin: { generation: 2 } }]);
  });

  it('routes a model to providers that it may use, and hears of theirs', async () => {
    await world.start();
    world.route('chat', { targets: [{ providerRef: { name: 'mock' }, model: 'm-1' }] });
    await world.until('chat', { type: 'ResolvedRefs', reason: 'RefNotFound' }, { kind: modelRouteKind });
    expect(world.orchestrator.routes).toEqual([]);

    world.provider('mock');

    await world.until('chat', { status: 'True' }, { kind: modelRouteKind });
    expect(world.orchestrator.routes).toMatchObject([
      { name: 'chat', route: { candidates: [{ provider: 'mock', model: 'm-1' }] } },
    ]);
  });

  it('admits routes by the labels of their namespace, as they are now', async () => {
    const namespace = world.namespace('team-b', { tier: 'silver' });
    const selector = { matchLabels: { tier: 'gold' } };
    world.provider('mock', { allowedRoutes: { from: 'Selector', selector } });
    world.route('chat', { targets: [{ providerRef: { name: 'mock', namespace: 'team-a' } }] }, 'team-b');
    await world.start();
    const at = { kind: modelRouteKind, namespace: 'team-b' };
    await world.until('chat', { reason: 'RefNotPermitted' }, at);

    world.api.objects.update(
      { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' },
      { ...namespace, metadata: { ...namespace.metadata, labels: { tier: 'gold' }, resourceVersion: '' } },
    );

    await world.until('chat', { status: 'True' }, at);
  });

  it('answers its health and its metrics', async () => {
    const { service } = await world.start();
    world.provider('mock');
    await world.until('mock', { status: 'True' });

    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    for (const name of [
      'reconcile_total{result="success"',
      'reconcile_duration_seconds_count',
      'workqueue_depth',
      'workqueue_adds_total',
      'workqueue_retries_total',
      'workqueue_longest_running_seconds',
      'watch_relists_total{kind="providers"',
      'watch_last_event_timestamp_seconds{kind="providers"',
      'leader{',
      'provider_condition{type="Ready",status="True"',
      'snapshot_version',
      'proxy_ack_lag_seconds_count',
    ]) {
      expect(metrics).toContain(name);
    }
  });
});
