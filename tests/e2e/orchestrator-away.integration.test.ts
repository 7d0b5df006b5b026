import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedisExpiringStore } from '@aggregator/expiring-store';
import { lastKnownGoodStore } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signUp } from './sign-up.ts';
import { type Services, startServices } from './start-services.ts';

const deadlineMs = 60_000;

describe('a new proxy while the orchestrator is away, on PostgreSQL, Redis and Kafka', () => {
  const keyPrefix = `t${randomBytes(6).toString('hex')}:`;
  let services: Services;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aggregator-away-'));
    services = await startServices({
      CREDENTIALS_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
      REDIS_KEY_PREFIX: keyPrefix,
      SNAPSHOT_PATH: join(directory, 'snapshot.json'),
    });
  }, deadlineMs);
  afterAll(async () => {
    await services.stop();
    await rm(directory, { recursive: true, force: true });
  }, deadlineMs);

  it(
    'serves what the orchestrator kept in Redis',
    async () => {
      const { apiKey } = await signUp(services.baseUrl);
      const { bounds, deadlineMs: storeDeadlineMs, key, keyPrefix: storePrefix } = lastKnownGoodStore;
      const store = createRedisExpiringStore({
        ...{ ...bounds, deadlineMs: storeDeadlineMs, url: process.env.REDIS_URL ?? '' },
        ...{ keyPrefix: keyPrefix + storePrefix, onError: () => undefined },
      });
      await waitFor(async () => (await store.get(key)) !== null, { describe: 'the state in Redis' });
      await store.close();
      const orchestrator = services.process('provider-orchestrator');
      orchestrator.kill('SIGKILL');
      await once(orchestrator, 'exit');
      await rm(join(directory, 'snapshot.json'));
      await services.restart('proxy');

      const answer = await waitFor(
        async () => {
          const one = await fetch(`${services.baseUrl}/v1/chat/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
            body: JSON.stringify({ model: 'mock/mock-small', messages: [{ role: 'user', content: 'x' }] }),
          });
          await one.text();
          return one.status === 200 && one;
        },
        { describe: 'an answer' },
      );
      expect(answer.status).toBe(200);
    },
    deadlineMs,
  );
});
