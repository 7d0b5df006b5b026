import { snapshotState } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asPeer,
  createOrchestratorBench,
  readStream,
  type TestOrchestrator,
  versionsOf,
} from '../../testing/start-orchestrator.ts';

describe('POST /internal/snapshots/acks', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start({ now: () => Date.UTC(2026, 10, 21) });
  });
  afterAll(() => bench.closeAll());

  const post = async (body: object, headers?: Record<string, string>) =>
    fetch(`${orchestrator.url}/internal/snapshots/acks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? (await asPeer('proxy'))) },
      body: JSON.stringify(body),
    });
  const readState = async () => {
    const answer = await fetch(`${orchestrator.url}/internal/snapshots/state`, {
      headers: await asPeer('api-gateway'),
    });
    return snapshotState.parse(await answer.json());
  };

  describe('204', () => {
    it('is told in the state, the last word of each proxy, with whether it is connected', async () => {
      const { epoch, version } = await readState();
      const stream = await readStream(orchestrator.url, 'proxy-1');
      await waitFor(() => versionsOf(stream).length === 1, { describe: 'the snapshot' });
      const ack = { epoch, version, result: 'ack', problems: [] };
      const nack = { epoch, version, result: 'nack', problems: ['providers.0: unknown type'] };

      expect((await post({ proxyId: 'proxy-1', ...nack })).status).toBe(204);
      expect((await post({ proxyId: 'proxy-1', ...ack })).status).toBe(204);
      expect((await post({ proxyId: 'proxy-0', ...nack })).status).toBe(204);

      const lastSeenAt = '2026-11-21T00:00:00.000Z';
      expect(await readState()).toEqual({
        epoch,
        version,
        proxies: [
          { proxyId: 'proxy-0', ...nack, lastSeenAt, isConnected: false },
          { proxyId: 'proxy-1', ...ack, lastSeenAt, isConnected: true },
        ],
      });
      stream.close();
    });
  });

  describe('400', () => {
    it('refuses what is no ack', async () => {
      const answer = await post({ proxyId: 'proxy-0', epoch: 1, version: 0, result: 'ack', problems: [] });

      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'invalid_value', param: 'version' });
    });
  });

  describe('401', () => {
    it('takes acks from proxies alone, and shows the state to peers alone', async () => {
      expect((await post({}, await asPeer('analytics'))).status).toBe(401);
      expect((await fetch(`${orchestrator.url}/internal/snapshots/state`)).status).toBe(401);
    });
  });
});
