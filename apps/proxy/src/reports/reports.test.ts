import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startWorld, toSnapshot, type World } from '../testing/start-world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld({ environment: { INSTANCE_NAME: 'proxy-7', MAX_RETRIES: '0' }, chunkDelayMs: 20 });
});
afterEach(() => world.stop());

const chat = (model: string, stream = false) =>
  world.post('/v1/chat/completions', { model, stream, messages: [{ role: 'user', content: 'x' }] });
/** The next report after a snapshot, since one follows each at once. */
async function reportAfterSnapshot(version: number, providers = toSnapshot('', '').providers.length) {
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, version);
  world.orchestrator.publish({ ...snapshot, providers: snapshot.providers.slice(0, providers) });
  return await waitFor(() => world.orchestrator.reports.find((report) => report.snapshot?.version === version), {
    describe: `the report of version ${version}`,
  });
}

/** The report after a snapshot by which the scripted provider is called with one stored key. */
async function publishWithKey(ref: string, version: number) {
  world.orchestrator.credentials.set(ref, `sk-${ref}`);
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, version);
  const providers = snapshot.providers.map((provider) =>
    provider.name === 'scripted' ? { ...provider, credentialRefs: [ref] } : provider,
  );
  world.orchestrator.publish({ ...snapshot, providers });
  return await waitFor(() => world.orchestrator.reports.find((report) => report.snapshot?.version === version), {
    describe: `the report of version ${version}`,
  });
}

describe('what a proxy reports', () => {
  it('comes at once with each snapshot, and reports how attempts at each provider ended', async () => {
    world.scripted.answer = (_request, response) => void response.writeHead(401).end('{"error":{"message":"no"}}');
    const answers = [await chat('mock/mock-small'), await chat('scripted-model')];
    await Promise.all(answers.map((answer) => answer.text()));
    const report = await reportAfterSnapshot(2);
    const reported = new Map(report.providers.map((one) => [one.provider, one]));

    expect(report).toMatchObject({ proxyId: world.proxy.context.spool.id, instance: 'proxy-7', requestsInFlight: 0 });
    expect(report.snapshot).toEqual({ epoch: 1, version: 2, result: 'ack', problems: [] });
    expect(reported.get('mock')).toMatchObject({
      breaker: 'closed',
      attempts: 1,
      failures: 0,
      unauthorized: 0,
      inFlight: 0,
    });
    expect(reported.get('mock')?.p95Ms).toBeGreaterThan(0);
    expect(reported.get('scripted')).toMatchObject({
      breaker: 'open',
      attempts: 1,
      failures: 1,
      unauthorized: 1,
      p95Ms: null,
    });
    expect(reported.get('plain')).toMatchObject({ breaker: 'closed', attempts: 0, p95Ms: null });
  });

  it('says nothing of refused keys once others are served, nor of a request that was still made with one of those', async () => {
    const refuse = Promise.withResolvers<void>();
    world.scripted.answer = async (_request, response) => {
      if (world.scripted.requests > 1) await refuse.promise;
      response.writeHead(401).end('{"error":{"message":"no"}}');
    };
    await (await chat('scripted-model')).text();
    expect((await reportAfterSnapshot(2)).providers).toContainEqual(
      expect.objectContaining({ provider: 'scripted', unauthorized: 1 }),
    );
    // The breaker of the refused key is open: of another version of it, nothing is known.
    const late = publishWithKey(`stored:${createUuidV7()}`, 3).then(async () => {
      const answer = await chat('scripted-model');
      return answer.text();
    });
    await waitFor(() => world.scripted.requests === 2, { describe: 'a request with the second key' });
    const third = `stored:${createUuidV7()}`;
    await publishWithKey(third, 4);
    refuse.resolve();
    await late;

    const report = await publishWithKey(third, 5);
    expect(report.providers).toContainEqual(
      expect.objectContaining({ provider: 'scripted', attempts: 2, failures: 2, unauthorized: 0 }),
    );
  });

  it('counts what is open at a provider that has left the snapshot, until it has ended', async () => {
    const answer = await chat('plain/mock-small', true);
    const open = await reportAfterSnapshot(2, 1);

    expect(open.requestsInFlight).toBe(1);
    expect(open.providers.find(({ provider }) => provider === 'plain')).toMatchObject({ inFlight: 1 });
    expect(await answer.text()).toContain('[DONE]');
    const ended = await reportAfterSnapshot(3, 1);
    expect(ended.providers.find(({ provider }) => provider === 'plain')?.inFlight ?? 0).toBe(0);
  });
});
