import { PassThrough } from 'node:stream';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { describe, expect, it } from '@jest/globals';
import { openStream } from './testing/sse-client.ts';
import { startWorld } from './testing/start-world.ts';

const path = '/v1/chat/completions';
const body = { model: 'mock/mock-small', messages: [{ role: 'user', content: 'Hello canary-prompt' }] };

describe('a proxy that is asked to stop', () => {
  it('lets a short answer finish, ends a long stream with an error event before the grace is over, and settles both', async () => {
    const world = await startWorld({ environment: { SHUTDOWN_GRACE_MS: '4000' }, chunkDelayMs: 5, wordsPerAnswer: 10 });
    world.fault = { kind: 'endless' };
    const longId = createUuidV7();
    const long = await openStream(`${world.url}${path}`, await world.headers(longId), { ...body, stream: true });
    await long.waitForEvents(3);
    world.fault = null;
    const shortId = createUuidV7();
    const short = await openStream(`${world.url}${path}`, await world.headers(shortId), { ...body, stream: true });
    await short.waitForEvents(3);
    const figures = (await world.proxy.context.metrics.read()).text;
    expect(figures).toMatch(/proxy_inflight_streams\{[^}]*\} 2/);
    expect(figures).toMatch(/proxy_inflight_requests\{[^}]*\} 2/);
    expect(figures).toMatch(/proxy_spool_fill_ratio\{[^}]*\} 0\.0/);
    await world.proxy.stop();

    expect(await short.over()).toBe('end');
    expect(short.events().at(-1)).toBe('[DONE]');
    expect(await long.over()).toBe('end');
    expect(JSON.parse(long.events().at(-1) ?? '')).toMatchObject({ error: { code: 'service_unavailable' } });
    const truth = await world.truthOf(longId);
    expect(await world.usageOf(longId)).toMatchObject({ outcome: 'failed', amountNanoUsd: truth.amountNanoUsd });
    expect(await world.usageOf(shortId)).toMatchObject({ outcome: 'completed' });
    expect((await world.proxy.context.metrics.read()).text).toMatch(/streams_truncated_total\{[^}]*\} 1/);
    await world.stop();
  });
});

describe('a proxy', () => {
  it('is ready when it has a snapshot and room in its spool: without its counter store the ledger holds', async () => {
    const world = await startWorld();
    const answer = await fetch(`${world.url}/health/ready`);

    expect(JSON.parse(await answer.text())).toMatchObject({
      status: 'ok',
      checks: { snapshot: 'ok', spool: 'ok' },
    });
    world.admission.readEpoch = () => Promise.reject(new Error('away'));
    expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);
    const health = await fetch(`${world.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ checks: { snapshot: 'ok', counterStore: 'unavailable' } });
    await world.stop();
  });

  it('writes one line for each request, with its id, and neither prompt nor answer', async () => {
    const logStream = new PassThrough();
    let log = '';
    logStream.on('data', (bytes: Buffer) => {
      log += bytes.toString();
    });
    const world = await startWorld({ logStream });
    const [served, refused] = [createUuidV7(), createUuidV7()];
    await world.post(path, body, await world.headers(served));
    await world.post(path, { ...body, model: 'no-such-model' }, await world.headers(refused));
    await world.usageOf(served);
    await waitFor(() => log.includes(refused), { describe: 'the line of the refusal' });

    expect(log.split('\n').filter((line) => line.includes(served))).toHaveLength(1);
    expect(log.split('\n').filter((line) => line.includes(refused))).toHaveLength(1);
    expect(log).not.toContain('canary-prompt');
    await world.stop();
  });

  it('answers 503 spool_full before anything is sent, and holds nothing, when its spool is full', async () => {
    const eventLog = {
      publish: () => Promise.reject(new Error('down')),
      consume: () => Promise.reject(new Error('down')),
      readPositions: () => Promise.reject(new Error('down')),
      checkHealth: () => Promise.reject(new Error('down')),
      close: async () => undefined,
    };
    const world = await startWorld({ eventLog, environment: { SPOOL_BYTES_MAX: String(1024 * 1024) } });
    await waitFor(
      async () => {
        await Promise.all(Array.from({ length: 20 }, () => world.post(path, body)));
        return (await world.post(path, body)).status === 503;
      },
      { describe: 'the spool to be full' },
    );
    const sentBefore = world.mock.ledger.records().length;
    const refused = await world.post(path, body);

    expect(JSON.parse(await refused.text())).toMatchObject({ error: { code: 'spool_full' } });
    expect(world.mock.ledger.records()).toHaveLength(sentBefore);
    await world.waitUntilNothingHeld();
    await world.stop();
  });
});
