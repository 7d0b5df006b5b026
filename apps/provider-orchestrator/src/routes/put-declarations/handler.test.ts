import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { declared, declaredRoute, declarerAt, model, owner } from '../../testing/declare.ts';
import { asPeer, createOrchestratorBench, manage, type TestOrchestrator } from '../../testing/start-orchestrator.ts';

describe('PUT /internal/declarations/{owner}', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  let operator: ReturnType<typeof declarerAt>;
  let sequence = 0;
  const next = () => {
    sequence += 1;
    return { epoch: 1, sequence };
  };
  beforeAll(async () => {
    const environment = { PROVIDER_BASE_URL_ALLOWLIST: 'llm.internal:8000' };
    orchestrator = await bench.start({ environment });
    operator = declarerAt(orchestrator.url);
  });
  beforeEach(async () => {
    await operator.declare(next(), []);
  });
  afterAll(() => bench.closeAll());

  const served = () => orchestrator.context.feed.current;
  const resultsOf = async (...entries: Parameters<typeof operator.declare>) => {
    const { entries: results } = await operator.declare(...entries);
    return Object.fromEntries(results.map(({ uid, result, message }) => [uid, { result, message }]));
  };

  describe('200', () => {
    it('publishes what is declared as one version, and answers it with what each entry offers', async () => {
      const before = served()?.version ?? 0;
      const answer = await operator.declare(
        next(),
        [declared('p', { models: [model('a'), { ...model('b'), price: undefined }] })],
        [declaredRoute('r', ['p/a', 'mock/mock-small'])],
      );

      expect(answer.snapshot).toEqual({ epoch: served()?.epoch, version: before + 1 });
      expect(answer.entries).toEqual([
        { uid: 'uid-p', result: 'accepted', message: '', models: ['a', 'b'], modelCount: 2, unpricedCount: 1 },
        { uid: 'uid-route-r', result: 'accepted', message: '' },
      ]);
      const provider = served()?.providers.find(({ name }) => name === 'p');
      expect(provider).toMatchObject({ baseUrl: 'https://api.openai.com/v1', isAddressTrusted: false });
      expect(served()?.routes.map(({ name }) => name)).toEqual(['r']);
    });

    it('replaces all that the owner declared before, and nothing of another owner', async () => {
      await manage(orchestrator, 'POST', '/providers', { name: 'by-api', type: 'OpenAI', models: [] });
      await declarerAt(orchestrator.url, 'other').declare({ epoch: 1, sequence: 1 }, [declared('of-other')]);
      await operator.declare(next(), [declared('p'), declared('q')], [declaredRoute('r', ['p/m'])]);
      await operator.declare(next(), [declared('q')]);

      expect(served()?.providers.map(({ name }) => name)).toEqual(['by-api', 'mock', 'of-other', 'q']);
      expect(served()?.routes).toEqual([]);
    });

    it('keeps the version where the same is said again, or only a generation is another', async () => {
      const entry = declared('p');
      const first = await operator.declare(next(), [entry], [declaredRoute('r', ['p/m'])]);
      const again = await operator.declare(next(), [entry], [declaredRoute('r', ['p/m'])]);
      const moved = { ...entry, origin: { ...entry.origin, generation: 2 } };
      const later = await operator.declare(next(), [moved], [declaredRoute('r', ['p/m'])]);
      const row = await orchestrator.context.database.provider.findUnique({ where: { name: 'p' } });

      expect([again.snapshot, later.snapshot]).toEqual([first.snapshot, first.snapshot]);
      expect(row).toMatchObject({ source: 'kubernetes', owner, origin: { namespace: 'ai', name: 'p', generation: 2 } });
    });

    it('writes what has changed of a provider: its models, its price, its options', async () => {
      await operator.declare(next(), [declared('p'), declared('q')]);
      await operator.declare(next(), [declared('p', { concurrencyMax: 7, models: [model('n', '3')] }), declared('q')]);
      const [p, q] = served()?.providers.filter(({ name }) => name === 'p' || name === 'q') ?? [];

      expect(p).toMatchObject({ concurrencyMax: 7, models: [{ id: 'n' }] });
      expect(served()?.prices[p?.models[0]?.priceVersion ?? '']).toMatchObject({ outputText: '3000000' });
      expect(q?.models).toHaveLength(1);
    });

    it('leaves out an entry that cannot be taken and says why, and takes the others', async () => {
      await manage(orchestrator, 'PUT', '/routes/taken', { candidates: [{ provider: 'mock', model: 'mock-small' }] });
      const results = await resultsOf(
        next(),
        [
          declared('good'),
          declared('mock'),
          declared('private', { type: 'OpenAICompatible', baseUrl: 'https://10.0.0.1/v1' }),
          declared('plain', { type: 'OpenAICompatible', baseUrl: 'http://api.example.com/v1' }),
          declared('nowhere', { type: 'OpenAICompatible' }),
          declared('folderless', { type: 'Yandex' }),
          declared('talkative', { options: { folder: 'x' } }),
          declared('empty', { models: [] }),
          declared('nonsense', { models: [{ ...model('m'), maxOutputTokens: 5000 }] }),
          declared('keyed', { credentialIds: ['00000000-0000-4000-8000-000000000000'] }),
          { ...declared('future'), shape: 'round' },
          { ...declared('good'), origin: { ...declared('good').origin, uid: 'uid-good-again' } },
        ],
        [
          declaredRoute('r', ['good/m', 'gone/m']),
          declaredRoute('taken', ['good/m']),
          declaredRoute('lost', ['gone/m']),
          declaredRoute('double', ['good/m', 'good/m']),
        ],
      );

      expect(results).toEqual({
        'uid-good': { result: 'accepted', message: '' },
        'uid-mock': { result: 'name_taken', message: expect.any(String) },
        'uid-private': { result: 'invalid', message: expect.stringContaining('not a public one') },
        'uid-plain': { result: 'invalid', message: expect.stringContaining('must be https') },
        'uid-nowhere': { result: 'invalid', message: expect.stringContaining("needs a 'baseUrl'") },
        'uid-folderless': { result: 'invalid', message: expect.stringContaining("needs 'options.folder'") },
        'uid-talkative': { result: 'invalid', message: expect.stringContaining("knows no 'options.folder'") },
        'uid-empty': { result: 'invalid', message: 'It offers no model.' },
        'uid-nonsense': { result: 'invalid', message: expect.stringContaining('models.0.maxOutputTokens') },
        'uid-keyed': { result: 'credential_unknown', message: expect.any(String) },
        'uid-future': { result: 'invalid', message: expect.stringContaining('shape') },
        'uid-good-again': { result: 'name_taken', message: expect.any(String) },
        'uid-route-r': { result: 'accepted', message: 'Not in the registry: gone/m.' },
        'uid-route-taken': { result: 'name_taken', message: expect.any(String) },
        'uid-route-lost': { result: 'invalid', message: expect.stringContaining('gone/m') },
        'uid-route-double': { result: 'invalid', message: expect.any(String) },
      });
      expect(served()?.providers.map(({ name }) => name)).toEqual(expect.arrayContaining(['good', 'mock']));
      expect(served()?.routes.find(({ name }) => name === 'r')?.candidates).toHaveLength(1);
      expect(served()?.routes.find(({ name }) => name === 'taken')?.candidates[0]?.provider).toBe('mock');
    });

    it('takes private and plain addresses from the allowlist alone, and trusts none but its own mock provider', async () => {
      const mockUrl = served()?.providers.find(({ name }) => name === 'mock')?.baseUrl ?? '';
      await operator.declare(next(), [
        declared('inner', { type: 'OpenAICompatible', baseUrl: 'http://llm.internal:8000' }),
        declared('rehearsal', { type: 'Mock', models: undefined, hasKnownModels: true }),
        declared('spelled', { type: 'Mock', baseUrl: mockUrl }),
        declared('elsewhere', { type: 'Mock', baseUrl: 'https://mock.example.com/v1' }),
      ]);
      const providers = new Map(served()?.providers.map((provider) => [provider.name, provider]));

      expect(providers.get('inner')).toMatchObject({ baseUrl: 'http://llm.internal:8000/v1', isAddressTrusted: false });
      expect(providers.get('rehearsal')).toMatchObject({ baseUrl: mockUrl, isAddressTrusted: true });
      expect(providers.get('rehearsal')?.models.map(({ id }) => id)).toContain('mock-small');
      expect(providers.get('spelled')).toMatchObject({ isAddressTrusted: true });
      expect(providers.get('elsewhere')).toMatchObject({ isAddressTrusted: false });
    });

    it('offers what is known of a vendor as far as the resource lets it, and what the resource gives instead', async () => {
      await operator.declare(next(), [
        declared('vendor', {
          ...{ hasKnownModels: true, include: ['gpt-4o*'], exclude: ['*mini*'] },
          models: [model('gpt-4o', '7'), model('of-our-own')],
        }),
      ]);
      const models = served()?.providers.find(({ name }) => name === 'vendor')?.models ?? [];
      const own = models.find(({ id }) => id === 'gpt-4o');

      expect(models.length).toBeGreaterThan(2);
      expect(models.map(({ id }) => id)).toContain('of-our-own');
      expect(models.every(({ id }) => id === 'of-our-own' || (id.startsWith('gpt-4o') && !id.includes('mini')))).toBe(
        true,
      );
      expect(served()?.prices[own?.priceVersion ?? '']).toMatchObject({ outputText: '7000000' });
    });

    it('is kept by a restart, which leaves what Kubernetes declares alone', async () => {
      await operator.declare(next(), [declared('p')], [declaredRoute('r', ['p/m'])]);
      const again = await bench.start({ databaseUrl: orchestrator.databaseUrl });

      expect(again.context.feed.current).toEqual(served());
    });
  });

  describe('409', () => {
    it('answers the API that would change what Kubernetes declares, and shows it as such', async () => {
      await operator.declare(next(), [declared('p')], [declaredRoute('r', ['p/m'])]);
      const candidates = [{ provider: 'mock', model: 'mock-small' }];

      for (const [method, path, body] of [
        ['PATCH', '/providers/p', { enabled: false }],
        ['DELETE', '/providers/p', undefined],
        ['PUT', '/providers/p/models', { models: [] }],
        ['POST', '/providers', { name: 'p', type: 'OpenAI', models: [] }],
        ['PUT', '/routes/r', { candidates }],
        ['DELETE', '/routes/r', undefined],
      ] as const) {
        expect(await manage(orchestrator, method, path, body)).toMatchObject({
          status: 409,
          body: { code: 'conflict' },
        });
      }
      expect(await manage(orchestrator, 'GET', '/providers/p')).toMatchObject({ body: { source: 'kubernetes' } });
      expect(await manage(orchestrator, 'GET', '/routes/r')).toMatchObject({ body: { source: 'kubernetes' } });
    });
  });

  it('answers 401 to everybody but the operator', async () => {
    for (const headers of [{}, await asPeer('proxy'), await asPeer('api-gateway')]) {
      const answer = await fetch(`${orchestrator.url}/internal/declarations/${owner}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ ...next(), providers: [], routes: [] }),
      });
      expect(answer.status).toBe(401);
    }
  });

  it('returns 400 if an entry has no uid, or the fence or the owner is invalid', async () => {
    expect((await operator.put(next(), [{ name: 'p' }])).status).toBe(400);
    expect((await operator.put({ epoch: 0, sequence: 1 }, [])).status).toBe(400);
    expect((await declarerAt(orchestrator.url, 'NOT-AN-OWNER').put(next(), [])).status).toBe(400);
  });
});
