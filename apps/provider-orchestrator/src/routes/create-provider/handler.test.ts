import { type CreateProviderRequest, providerChange } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asPrincipal,
  createOrchestratorBench,
  encryptionKey,
  manage,
  readStream,
  type TestOrchestrator,
  versionsOf,
} from '../../testing/start-orchestrator.ts';

const minimal: CreateProviderRequest = { name: 'minimal', type: 'OpenAI', models: [] };
const mocked: CreateProviderRequest = { ...minimal, type: 'Mock', baseUrl: 'https://mock.example/v1' };
const llama = {
  id: 'llama',
  operations: ['chat.completions' as const],
  contextLength: 8192,
  maxOutputTokens: 4096,
  capabilities: ['tools' as const],
  firstLifeMs: 60_000,
  price: { input: '0.15', output: '0.6' },
};

describe('POST /v1/orchestrator/providers', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start({
      environment: { CREDENTIALS_ENCRYPTION_KEY: encryptionKey, PROVIDER_BASE_URL_ALLOWLIST: 'llm.internal:8000' },
    });
  });
  afterAll(() => bench.closeAll());

  const post = (body: unknown) => manage(orchestrator, 'POST', '/providers', body);

  describe('201', () => {
    it('makes a provider that every proxy has at once, as one version', async () => {
      const stream = await readStream(orchestrator.url, 'proxy-0');
      await waitFor(() => versionsOf(stream).length === 1, { describe: 'the first snapshot' });
      const { status, body } = await post({
        name: 'vllm',
        type: 'OpenAICompatible',
        baseUrl: 'http://llm.internal:8000',
        apiKeys: ['sk-first-0123456789-abcd', 'short'],
        concurrencyMax: 7,
        models: [llama, { id: 'embed', operations: ['embeddings'], contextLength: 512, price: { input: '0.02' } }],
      });
      const { provider, snapshot } = providerChange.parse(body);

      expect(status).toBe(201);
      expect(provider).toMatchObject({
        baseUrl: 'http://llm.internal:8000/v1',
        credentials: [{ last4: 'abcd' }, { last4: '' }],
        source: 'api',
        enabled: true,
        health: { state: 'unknown' },
        models: [
          { id: 'embed', maxOutputTokens: null, capabilities: [], price: { input: '0.02' } },
          { ...llama, price: { input: '0.15', output: '0.6', cacheRead: '0.15', reasoning: '0.6' } },
        ],
      });
      await waitFor(() => versionsOf(stream).length === 2, { describe: 'the next snapshot' });
      const sent = stream.lines.findLast((line) => line.kind === 'snapshot')?.snapshot;
      expect(sent).toMatchObject({ epoch: snapshot.epoch, version: snapshot.version });
      expect(sent?.providers.find(({ name }) => name === 'vllm')).toMatchObject({
        type: 'OpenAICompatible',
        credentialRefs: provider.credentials.map(({ ref }) => ref),
        concurrencyMax: 7,
        models: [{ id: 'embed' }, { id: 'llama', firstLifeMs: 60_000 }],
      });
      expect(versionsOf(stream)).toEqual([snapshot.version - 1, snapshot.version]);
      stream.close();
    });

    it("knows a vendor's address, models and prices by itself", async () => {
      const { body } = await post({ name: 'claude-eu', type: 'Anthropic', apiKeys: ['sk-ant-0123456789012345'] });
      const { provider } = providerChange.parse(body);

      expect(provider.baseUrl).toBe('https://api.anthropic.com/v1');
      expect(provider.models.find(({ id }) => id === 'claude-haiku-4-5')?.price).toMatchObject({
        input: '1',
        output: '5',
      });
    });

    it('takes a provider that needs no key, one that is switched off, and one with options', async () => {
      const { body: open } = await post({ ...minimal, name: 'open' });
      const { body: off } = await post({ ...minimal, name: 'off', enabled: false });
      const { body: yandex } = await post({ name: 'ya', type: 'Yandex', options: { folder: 'b1g' }, models: [] });
      const script = '{"faults":[{"kind":"Cut","percent":50}]}';
      const { body: mock } = await post({ ...mocked, name: 'rehearsal', options: { script } });
      const names = orchestrator.context.feed.current?.providers.map(({ name }) => name);

      expect(providerChange.parse(open).provider.credentials).toEqual([{ ref: 'none' }]);
      expect(providerChange.parse(off).snapshot).toEqual(providerChange.parse(open).snapshot);
      expect(providerChange.parse(yandex).provider.options).toEqual({ folder: 'b1g' });
      expect(providerChange.parse(mock).provider.options).toEqual({ script });
      expect(names).toContain('open');
      expect(names).not.toContain('off');
    });
  });

  describe('400', () => {
    it.each([
      ['https://127.0.0.1/v1'],
      ['https://[::ffff:a9fe:a9fe]/'],
      ['https://169.254.169.254'],
      ['https://0x7f.1'],
      ['https://vllm.ai.svc.cluster.local'],
      ['http://api.openai.com/v1'],
      ['http://llm.internal:9000'],
      ['https://api.openai.com:6379'],
      ['https://user:secret@api.openai.com'],
    ])('refuses the address %s as invalid_base_url, and nothing changes', async (baseUrl) => {
      const before = orchestrator.context.feed.current;
      const { status, body } = await post({ ...minimal, baseUrl });

      expect([status, body]).toMatchObject([400, { code: 'invalid_base_url', param: 'baseUrl' }]);
      expect(await manage(orchestrator, 'GET', '/providers/minimal')).toMatchObject({ status: 404 });
      expect(orchestrator.context.feed.current).toBe(before);
    });

    it.each([
      [{ ...minimal, credentialRefs: ['env:HOME'] }, 'unknown_field', 'credentialRefs'],
      [{ ...minimal, source: 'environment' }, 'unknown_field', 'source'],
      [{ ...minimal, name: 'Not A Name' }, 'invalid_value', 'name'],
      [{ ...minimal, type: 'Oracle' }, 'invalid_value', 'type'],
      [{ ...minimal, type: 'OpenAICompatible' }, 'invalid_value', 'baseUrl'],
      [{ name: 'm', type: 'OpenAICompatible', baseUrl: 'https://api.example.com' }, 'invalid_value', 'models'],
      [{ ...minimal, type: 'Yandex' }, 'invalid_value', 'options.folder'],
      [{ ...minimal, options: { proxy: 'http://evil' } }, 'unknown_field', 'options.proxy'],
      [{ ...minimal, options: { script: '{}' } }, 'unknown_field', 'options.script'],
      [{ ...mocked, options: { script: '{"faults":"all"}' } }, 'invalid_value', 'options.script'],
      [{ ...mocked, options: { script: '{}\r\n' } }, 'invalid_value', 'options.script'],
      [{ ...minimal, apiKeys: Array(17).fill('k') }, 'invalid_value', 'apiKeys'],
      [{ ...minimal, apiKeys: ['k', 'k'] }, 'invalid_value', 'apiKeys'],
      [{ ...minimal, apiKeys: ['a\r\nhost: evil'] }, 'invalid_value', 'apiKeys[0]'],
      [{ ...minimal, concurrencyMax: 0 }, 'invalid_value', 'concurrencyMax'],
      [{ ...minimal, models: [llama, llama] }, 'invalid_value', 'models'],
      [{ ...minimal, models: [{ ...llama, owner: 'x' }] }, 'unknown_field', 'models[0].owner'],
      [{ ...minimal, models: [{ ...llama, operations: ['paint'] }] }, 'invalid_value', 'models[0].operations[0]'],
      [
        { ...minimal, models: [{ ...llama, capabilities: ['streaming'] }] },
        'invalid_value',
        'models[0].capabilities[0]',
      ],
      [{ ...minimal, models: [{ ...llama, maxOutputTokens: 8193 }] }, 'invalid_value', 'models[0].maxOutputTokens'],
      [{ ...minimal, models: [{ ...llama, price: { input: 0.15 } }] }, 'invalid_value', 'models[0].price.input'],
      [{ ...minimal, models: [{ ...llama, price: { input: '-1' } }] }, 'invalid_value', 'models[0].price.input'],
      [{ ...minimal, models: [{ ...llama, price: { input: '1' } }] }, 'invalid_value', 'models[0].price.output'],
      [
        { ...minimal, models: [{ ...llama, price: { input: '1', output: '1', tax: '1' } }] },
        'unknown_field',
        'models[0].price.tax',
      ],
    ])('refuses %j', async (wrong, code, param) => {
      expect(await post(wrong)).toMatchObject({ status: 400, body: { code, param } });
    });
  });

  describe('401 and 403', () => {
    it('rejects a caller whom the gateway did not sign, or who may not manage providers', async () => {
      const url = `${orchestrator.url}/v1/orchestrator/providers`;
      const call = (headers: Record<string, string>) =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(minimal),
        });

      expect((await call({})).status).toBe(401);
      expect((await call(await asPrincipal(['ai:invoke', 'billing:manage']))).status).toBe(403);
    });
  });

  describe('409', () => {
    it('refuses a name that is taken, also by the environment', async () => {
      await post({ ...minimal, name: 'twice' });

      expect(await post({ ...minimal, name: 'twice' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(await post({ ...minimal, name: 'mock' })).toMatchObject({ status: 409, body: { param: 'name' } });
    });

    it('refuses keys where there is nothing to seal them with, and keeps nothing', async () => {
      const keyless = await bench.start();
      const refused = await manage(keyless, 'POST', '/providers', { ...minimal, apiKeys: ['sk-canary'] });

      expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(refused.text).toContain('CREDENTIALS_ENCRYPTION_KEY');
      expect(refused.text).not.toContain('canary');
      expect(await manage(keyless, 'GET', '/providers/minimal')).toMatchObject({ status: 404 });
    });
  });

  describe('503', () => {
    it('answers so where the database is away, and nothing changes', async () => {
      const broken = await bench.start();
      await broken.context.database.$executeRaw`ALTER TABLE registry_state RENAME TO gone`;

      expect(await manage(broken, 'POST', '/providers', minimal)).toMatchObject({
        status: 503,
        body: { code: 'service_unavailable' },
      });
    });
  });
});
