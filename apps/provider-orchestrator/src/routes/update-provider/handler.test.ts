import { providerChange, providerDetail, publishedAs } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createOrchestratorBench,
  encryptionKey,
  manage,
  type TestOrchestrator,
} from '../../testing/start-orchestrator.ts';

const chat = { operations: ['chat.completions'], contextLength: 1000, price: { input: '1', output: '2' } };

describe('changing a provider', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start({ environment: { CREDENTIALS_ENCRYPTION_KEY: encryptionKey } });
    await call('POST', '/providers', {
      name: 'p',
      type: 'OpenAI',
      apiKeys: ['sk-first-0123456789-0001', 'sk-first-0123456789-0002'],
      models: [
        { id: 'm', ...chat },
        { id: 'n', ...chat },
      ],
    });
  });
  afterAll(() => bench.closeAll());

  const call = (method: Parameters<typeof manage>[1], path: string, body?: unknown) =>
    manage(orchestrator, method, path, body);
  const read = async () => providerDetail.parse((await call('GET', '/providers/p')).body);
  const served = () => orchestrator.context.feed.current?.providers.find(({ name }) => name === 'p');

  describe('PATCH', () => {
    it('changes what is given, leaves the rest, and publishes it as one version', async () => {
      const before = await read();
      const version = orchestrator.context.feed.current?.version ?? 0;
      const { status, body } = await call('PATCH', '/providers/p', {
        baseUrl: 'https://eu.api.openai.com',
        concurrencyMax: 3,
      });
      const change = providerChange.parse(body);

      expect(status).toBe(200);
      expect(change.snapshot.version).toBe(version + 1);
      const changed = { baseUrl: 'https://eu.api.openai.com/v1', concurrencyMax: 3, changedAt: expect.any(String) };
      expect(change.provider).toEqual({ ...before, ...changed });
      expect(await read()).toEqual(change.provider);
      expect(served()).toMatchObject({ baseUrl: 'https://eu.api.openai.com/v1', concurrencyMax: 3 });
    });

    it('replaces all keys, so that the old ones are gone', async () => {
      const before = await read();
      await call('PATCH', '/providers/p', { apiKeys: ['sk-second-0123456789-0003'] });
      const after = await read();

      expect(after.credentials).toMatchObject([{ last4: '0003' }]);
      expect(after.credentials[0]?.ref).not.toBe(before.credentials[0]?.ref);
      expect(served()?.credentialRefs).toEqual(after.credentials.map(({ ref }) => ref));
      expect(await orchestrator.context.database.storedCredential.count()).toBe(1);
      await call('PATCH', '/providers/p', { apiKeys: [] });
      expect((await read()).credentials).toEqual([{ ref: 'none' }]);
      expect(await orchestrator.context.database.storedCredential.count()).toBe(0);
    });

    it('switches a provider off and on, and publishes nothing where nothing changes for proxies', async () => {
      const off = providerChange.parse((await call('PATCH', '/providers/p', { enabled: false })).body);
      expect(served()).toBeUndefined();
      const same = providerChange.parse((await call('PATCH', '/providers/p', { concurrencyMax: null })).body);
      expect(same.snapshot).toEqual(off.snapshot);
      await call('PATCH', '/providers/p', { enabled: true });
      expect(served()).toMatchObject({ concurrencyMax: null });
    });

    it.each([
      [{ name: 'other' }, 'unknown_field', 'name'],
      [{ type: 'Mock' }, 'unknown_field', 'type'],
      [{ baseUrl: 'https://10.0.0.1' }, 'invalid_base_url', 'baseUrl'],
      [{ options: { folder: 'x' } }, 'unknown_field', 'options.folder'],
    ])('refuses %j with 400, and nothing changes', async (wrong, code, param) => {
      const before = await read();

      expect(await call('PATCH', '/providers/p', wrong)).toMatchObject({ status: 400, body: { code, param } });
      expect(await read()).toEqual(before);
    });
  });

  describe('PUT models', () => {
    it('makes them all that the provider has, with new prices under new versions', async () => {
      const versionOf = (id: string) => served()?.models.find((model) => model.id === id)?.priceVersion;
      const before = versionOf('m');
      const models = [
        { id: 'm', ...chat, price: { input: '3', output: '4' } },
        { id: 'unpriced', ...chat, price: undefined },
      ];
      const { body } = await call('PUT', '/providers/p/models', { models });

      expect(providerChange.parse(body).provider.models).toMatchObject([
        { id: 'm', price: { input: '3' } },
        { id: 'unpriced' },
      ]);
      expect(versionOf('m')).not.toBe(before);
      expect(versionOf('unpriced')).toBeNull();
      expect(versionOf('n')).toBeUndefined();
    });

    it('refuses with 409 to take away what a route names', async () => {
      await call('PUT', '/routes/fast', { candidates: [{ provider: 'p', model: 'm' }] });
      const refused = await call('PUT', '/providers/p/models', { models: [{ id: 'n', ...chat }] });

      expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(refused.text).toContain("'fast'");
      expect(await call('DELETE', '/providers/p')).toMatchObject({ status: 409 });
      expect(await call('DELETE', '/routes/fast')).toMatchObject({ status: 200 });
    });
  });

  describe('DELETE', () => {
    it('takes the provider and its keys away, as one version', async () => {
      await call('POST', '/providers', { name: 'gone', type: 'OpenAI', apiKeys: ['sk-third-0123456789'], models: [] });
      const version = orchestrator.context.feed.current?.version ?? 0;
      const { status, body } = await call('DELETE', '/providers/gone');

      expect([status, body]).toMatchObject([200, { snapshot: { version: version + 1 } }]);
      expect(publishedAs.safeParse(body).success).toBe(false);
      expect(await call('GET', '/providers/gone')).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await orchestrator.context.database.storedCredential.count({ where: { providerName: 'gone' } })).toBe(0);
    });
  });

  describe('404 and 409', () => {
    it.each([
      ['PATCH', '/providers/unknown', { enabled: false }],
      ['DELETE', '/providers/unknown', undefined],
      ['PUT', '/providers/unknown/models', { models: [] }],
      ['GET', '/providers/unknown', undefined],
      ['GET', '/providers/a%00b', undefined],
    ] as const)('answers %s %s with 404', async (method, path, body) => {
      expect(await call(method, path, body)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    });

    it.each([
      ['PATCH', '/providers/mock', { enabled: false }],
      ['DELETE', '/providers/mock', undefined],
      ['PUT', '/providers/mock/models', { models: [] }],
    ] as const)('answers %s of what the environment declares with 409', async (method, path, body) => {
      expect(await call(method, path, body)).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(orchestrator.context.feed.current?.providers.map(({ name }) => name)).toContain('mock');
    });
  });
});
