import { credentialsAnswer, providerChange } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asPeer,
  asPrincipal,
  createOrchestratorBench,
  encryptionKey,
  manage,
  strangersKey,
  type TestOrchestrator,
} from '../../testing/start-orchestrator.ts';

describe('POST /internal/credentials', () => {
  const bench = createOrchestratorBench();
  const environment = { CREDENTIALS_ENCRYPTION_KEY: encryptionKey, OPENAI_API_KEY: 'sk-environment' };
  let orchestrator: TestOrchestrator;
  let refs: string[];
  beforeAll(async () => {
    orchestrator = await bench.start({ environment });
    const apiKeys = ['sk-one', 'sk-two'];
    const { body } = await manage(orchestrator, 'POST', '/providers', {
      name: 'p',
      type: 'OpenAI',
      apiKeys,
      models: [],
    });
    refs = providerChange.parse(body).provider.credentials.map(({ ref }) => ref);
  });
  afterAll(() => bench.closeAll());

  const ask = async (body: unknown, headers: Record<string, string>, to = orchestrator) =>
    fetch(`${to.url}/internal/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const read = async (asked: string[], to = orchestrator) =>
    credentialsAnswer.parse(await (await ask({ refs: asked }, await asPeer('proxy'), to)).json()).credentials;

  it('answers a proxy the secrets behind the references, and leaves out what is unknown or none of its business', async () => {
    const unknown = 'stored:00000000-0000-4000-8000-000000000000';
    const odd = 'stored:------------------------------------';

    expect(await read(refs)).toEqual({ [refs[0] ?? '']: 'sk-one', [refs[1] ?? '']: 'sk-two' });
    expect(await read([refs[1] ?? '', unknown, odd, 'env:OPENAI_API_KEY', 'none'])).toEqual({
      [refs[1] ?? '']: 'sk-two',
    });
    expect((await ask({ refs }, await asPeer('proxy'))).headers.get('cache-control')).toBe('no-store');
  });

  it('answers what was stored before a restart, and before the key was changed', async () => {
    const fresh = 'B'.repeat(42).concat('A');
    const again = await bench.start({
      databaseUrl: orchestrator.databaseUrl,
      environment: { ...environment, CREDENTIALS_ENCRYPTION_KEY: `${fresh},${encryptionKey}` },
    });
    const without = await bench.start({
      databaseUrl: orchestrator.databaseUrl,
      environment: { ...environment, CREDENTIALS_ENCRYPTION_KEY: fresh },
    });

    expect(Object.values(await read(refs, again))).toEqual(['sk-one', 'sk-two']);
    expect(await read(refs, without)).toEqual({});
  });

  it('does not open what was moved to another row', async () => {
    const { database } = orchestrator.context;
    const rows = await database.storedCredential.findMany({ orderBy: { id: 'asc' } });
    const [one, two] = rows;
    await database.storedCredential.update({ where: { id: one?.id ?? '' }, data: { sealed: two?.sealed ?? '' } });

    expect(Object.keys(await read(refs))).toEqual([`stored:${two?.id}`]);
    await database.storedCredential.update({ where: { id: one?.id ?? '' }, data: { sealed: one?.sealed ?? '' } });
    expect(Object.keys(await read(refs))).toHaveLength(2);
  });

  it('answers 400 to what are no references', async () => {
    const headers = await asPeer('proxy');

    expect((await ask({ refs: ['sk-one'] }, headers)).status).toBe(400);
    expect((await ask({ refs: [] }, headers)).status).toBe(400);
    expect((await ask({ refs: Array(501).fill('none') }, headers)).status).toBe(400);
  });

  it('answers 401 to everybody but the proxies of this installation', async () => {
    for (const headers of [
      {},
      await asPeer('api-gateway'),
      await asPeer('billing'),
      await asPeer('proxy', strangersKey),
      await asPrincipal(['providers:manage', 'billing:manage']),
      { 'x-aggregator-peer': 'proxy' },
    ]) {
      const answer = await ask({ refs }, headers);
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain('sk-');
    }
  });
});
