import { waitFor } from '@aggregator/testing';
import { afterAll, describe, expect, it } from '@jest/globals';
import { publishChange } from '../../snapshot/publish.ts';
import {
  asPeer,
  asPrincipal,
  createOrchestratorBench,
  readStream,
  strangersKey,
  type TestOrchestrator,
  versionsOf,
} from '../../testing/start-orchestrator.ts';

describe('GET /internal/snapshots', () => {
  const bench = createOrchestratorBench();
  afterAll(() => bench.closeAll());

  const addProvider = (orchestrator: TestOrchestrator, name: string) =>
    publishChange(orchestrator.context.database, (tx) =>
      tx.provider.create({
        data: { name, type: 'OpenAI', baseUrl: 'https://api.example.com/v1', credentialRefs: ['none'], source: 'api' },
      }),
    );

  describe('200', () => {
    it('sends the present snapshot at once and each later one as it is published', async () => {
      const orchestrator = await bench.start();
      const stream = await readStream(orchestrator.url, 'proxy-0');
      await waitFor(() => versionsOf(stream).length === 1, { describe: 'the first snapshot' });
      expect(stream.lines[0]).toMatchObject({ kind: 'snapshot', snapshot: { providers: [{ name: 'mock' }] } });

      await addProvider(orchestrator, 'second');
      await waitFor(() => versionsOf(stream).length === 2, { describe: 'the second snapshot' });
      const snapshot = stream.lines.findLast(({ kind }) => kind === 'snapshot');
      expect(snapshot).toMatchObject({ snapshot: { providers: [{ name: 'mock' }, { name: 'second' }] } });
      expect(versionsOf(stream)).toEqual([1, 2]);
      stream.close();
    });

    it('gives a proxy that reconnects the newest snapshot at once', async () => {
      const orchestrator = await bench.start();
      const first = await readStream(orchestrator.url, 'proxy-0');
      await waitFor(() => versionsOf(first).length === 1, { describe: 'the first snapshot' });
      first.close();
      await addProvider(orchestrator, 'second');
      await waitFor(() => orchestrator.context.feed.current?.version === 2, { describe: 'the second version' });

      const again = await readStream(orchestrator.url, 'proxy-0');
      await waitFor(() => versionsOf(again).length > 0, { describe: 'a snapshot' });
      expect(versionsOf(again)).toEqual([2]);
      again.close();
    });

    it('sends what another orchestrator on the same database published', async () => {
      const one = await bench.start();
      const other = await bench.start({ databaseUrl: one.databaseUrl });
      const stream = await readStream(other.url, 'proxy-0');
      await addProvider(one, 'second');

      await waitFor(() => versionsOf(stream).includes(2), { describe: "the other instance's version" });
      expect(other.context.feed.current).toEqual(
        (await publishChange(one.context.database, async () => undefined)).snapshot,
      );
      stream.close();
    });

    it('keeps the version over a restart that changes nothing', async () => {
      const one = await bench.start();
      await one.stop();
      const again = await bench.start({ databaseUrl: one.databaseUrl });

      expect(again.context.feed.current).toEqual(one.context.feed.current);
    });

    it('is ended whole when the service stops, without waiting for the grace', async () => {
      const orchestrator = await bench.start({ environment: { SHUTDOWN_GRACE_MS: '600000' } });
      const stream = await readStream(orchestrator.url, 'proxy-0');
      await waitFor(() => versionsOf(stream).length === 1, { describe: 'the first snapshot' });

      await orchestrator.stop();
      await waitFor(() => stream.end !== 'open', { describe: 'the end of the stream' });
      expect(stream.end).toBe('whole');
    });
  });

  describe('400', () => {
    it('refuses a proxy without an id', async () => {
      const { url } = await bench.start();
      const answer = await fetch(`${url}/internal/snapshots`, { headers: await asPeer('proxy') });

      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'invalid_value', param: 'proxyId' });
    });
  });

  describe('401', () => {
    it('rejects every caller except the proxies of this installation', async () => {
      const { url } = await bench.start();
      const strangers = [
        {},
        await asPeer('billing'),
        await asPeer('proxy', strangersKey),
        await asPrincipal(['providers:manage']),
        { 'x-aggregator-peer': 'proxy' },
      ];
      for (const headers of strangers) {
        const answer = await fetch(`${url}/internal/snapshots?proxyId=proxy-0`, { headers });
        expect(answer.status).toBe(401);
        expect(await answer.json()).toMatchObject({ code: 'invalid_peer' });
      }
    });
  });
});
