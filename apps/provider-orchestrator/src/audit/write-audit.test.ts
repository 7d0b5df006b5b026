import { verifyAudit } from '@aggregator/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { declared, declaredRoute, declarerAt, owner } from '../testing/declare.ts';
import {
  createOrchestratorBench,
  encryptionKey,
  manage,
  type TestOrchestrator,
} from '../testing/start-orchestrator.ts';

const secret = 'sk-canary-0123456789-9f3c';
const chat = { operations: ['chat.completions'], contextLength: 1000, price: { input: '1', output: '2' } };
const provider = { name: 'p', type: 'OpenAI', apiKeys: [secret], models: [{ id: 'm', ...chat }] };

describe('the audit of the registry', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start({ environment: { CREDENTIALS_ENCRYPTION_KEY: encryptionKey } });
  });
  afterAll(() => bench.closeAll());

  const call = (method: Parameters<typeof manage>[1], path: string, body?: unknown) =>
    manage(orchestrator, method, path, body);
  const readAll = () => orchestrator.context.database.auditEntry.findMany({ orderBy: { sequence: 'asc' } });
  const addedBy = async (change: () => Promise<unknown>) => {
    const before = (await readAll()).length;
    await change();
    return (await readAll()).slice(before);
  };

  it('has an entry for what the environment declared at the first start (I21)', async () => {
    expect(await readAll()).toEqual([
      expect.objectContaining({
        action: 'environment_declared',
        actorUserId: null,
        actorPeer: null,
        details: expect.objectContaining({ after: expect.objectContaining({ names: ['mock'] }) }),
      }),
    ]);
  });

  it.each([
    ['POST', '/providers', provider, 'provider_created', 'p'],
    ['PATCH', '/providers/p', { concurrencyMax: 77 }, 'provider_updated', 'p'],
    ['PUT', '/providers/p/models', { models: [{ id: 'n', ...chat }] }, 'models_replaced', 'p'],
    ['PUT', '/routes/r', { candidates: [{ provider: 'p', model: 'n' }] }, 'route_put', 'r'],
    ['DELETE', '/routes/r', undefined, 'route_deleted', 'r'],
    ['DELETE', '/providers/p', undefined, 'provider_deleted', 'p'],
  ] as const)('has one entry for %s %s, with the actor (I21)', async (method, path, body, action, subjectId) => {
    const added = await addedBy(() => call(method, path, body));
    expect(added).toEqual([
      expect.objectContaining({
        ...{ action, subjectId, organizationId: '0192f0c0-0000-7000-8000-000000000001' },
        ...{ actorUserId: '0192f0c0-0000-7000-8000-000000000002', actorKeyId: null },
      }),
    ]);
  });

  it('keeps how a provider is after a change, its keys by their last four characters alone (I5, I21)', async () => {
    const [entry] = await addedBy(() => call('POST', '/providers', { ...provider, name: 'kept' }));

    expect(entry?.details).toMatchObject({
      fields: expect.arrayContaining(['apiKeys', 'models']),
      after: {
        baseUrl: 'https://api.openai.com/v1',
        credentials: [expect.stringMatching(/^[0-9a-f-]{36} …9f3c$/)],
        models: [expect.stringMatching(/^m kept\/m@[0-9a-f]{16}$/)],
      },
    });
    expect(JSON.stringify(entry?.details)).not.toContain('canary');
  });

  it('has no entry of a change that was rejected (I21)', async () => {
    const added = await addedBy(async () => {
      await call('POST', '/providers', { ...provider, name: 'kept' });
      await call('PATCH', '/providers/unknown', { enabled: false });
      await call('PUT', '/routes/r', { candidates: [{ provider: 'unknown', model: 'm' }] });
      await call('DELETE', '/providers/mock');
    });
    expect(added).toEqual([]);
  });

  it('has an entry for what the operator of Kubernetes declares, and none when it says the same again (I21)', async () => {
    const operator = declarerAt(orchestrator.url);
    const say = (sequence: number) =>
      operator.declare({ epoch: 1, sequence }, [declared('k')], [declaredRoute('kr', ['k/m'])]);

    expect(await addedBy(() => say(1))).toEqual([
      expect.objectContaining({
        ...{ action: 'declarations_applied', subjectId: owner, actorPeer: 'provider-operator', actorUserId: null },
        details: expect.objectContaining({ providersWritten: { count: 1, names: [expect.stringMatching(/^k /)] } }),
      }),
    ]);
    expect(await addedBy(() => say(2))).toEqual([]);
    const [removed] = await addedBy(() => operator.declare({ epoch: 1, sequence: 3 }, []));
    expect(removed?.details).toMatchObject({ providersRemoved: { count: 1, names: ['k'] } });
  });

  it('is a whole chain after all of it (I21)', async () => {
    expect(await verifyAudit(orchestrator.databaseUrl)).toMatchObject({ fault: null });
  });
});
