import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { declared, declarerAt, newCredential } from '../../testing/declare.ts';
import {
  asPeer,
  createOrchestratorBench,
  encryptionKey,
  type TestOrchestrator,
} from '../../testing/start-orchestrator.ts';

const minuteMs = 60_000;

describe('PUT /internal/declarations/{owner}/credentials', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  let operator: ReturnType<typeof declarerAt>;
  let nowMs = Date.UTC(2026, 10, 28);
  let sequence = 0;
  const next = () => {
    sequence += 1;
    return { epoch: 1, sequence };
  };
  beforeAll(async () => {
    const environment = { CREDENTIALS_ENCRYPTION_KEY: encryptionKey };
    orchestrator = await bench.start({ environment, now: () => nowMs });
    operator = declarerAt(orchestrator.url);
  });
  afterAll(() => bench.closeAll());

  it('keeps a key for the provider that names it, and sends it to proxies alone', async () => {
    const key = newCredential('p', 'sk-first');
    const answer = await operator.hand(next(), [key]);
    const { entries } = await operator.declare(next(), [declared('p', { credentialIds: [key.id] })]);

    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(entries).toMatchObject([{ result: 'accepted' }]);
    const provider = orchestrator.context.feed.current?.providers.find(({ name }) => name === 'p');
    expect(provider?.credentialRefs).toEqual([`stored:${key.id}`]);
    expect(await operator.readKeys([key.id])).toEqual({ [`stored:${key.id}`]: 'sk-first' });
  });

  it('keeps the certificates of a provider like a key, under the option that names them', async () => {
    const [tls, old] = [newCredential('gpu', 'certificates'), newCredential('gpu', 'older')];
    await operator.hand(next(), [tls, old]);
    const { entries } = await operator.declare(next(), [declared('gpu', { tlsCredentialId: tls.id })]);
    const provider = orchestrator.context.feed.current?.providers.find(({ name }) => name === 'gpu');

    expect(entries).toMatchObject([{ result: 'accepted' }]);
    expect(provider).toMatchObject({ options: { tls: `stored:${tls.id}` }, credentialRefs: ['none'] });
    expect(await operator.readKeys([tls.id])).toEqual({ [`stored:${tls.id}`]: 'certificates' });
    const thief = declared('thief', { tlsCredentialId: tls.id });
    const chosen = declared('chosen', { options: { tls: `stored:${tls.id}` } });
    expect((await operator.declare(next(), [thief, chosen])).entries.map(({ result }) => result).sort()).toEqual([
      'credential_unknown',
      'invalid',
    ]);
  });

  it('binds a key to its provider and its owner: no other owner can name it, or replace it', async () => {
    const key = newCredential('bound', 'sk-bound');
    await operator.hand(next(), [key]);
    const other = declarerAt(orchestrator.url, 'other');
    await other.hand({ epoch: 1, sequence: 1 }, [{ ...key, value: 'sk-of-other' }]);
    const thief = declared('thief', { credentialIds: [key.id] });
    const { entries } = await operator.declare(next(), [thief]);
    const ofOther = await other.declare({ epoch: 1, sequence: 2 }, [declared('bound', { credentialIds: [key.id] })]);

    expect([...entries, ...ofOther.entries].map(({ result }) => result)).toEqual(Array(2).fill('credential_unknown'));
    expect(await operator.readKeys([key.id])).toEqual({ [`stored:${key.id}`]: 'sk-bound' });
  });

  it('answers a rotated key for ten minutes more, to proxies that take an earlier snapshot, and then deletes it', async () => {
    const [old, fresh] = [newCredential('r', 'sk-old'), newCredential('r', 'sk-new')];
    await operator.hand(next(), [old]);
    await operator.declare(next(), [declared('r', { credentialIds: [old.id] })]);
    await operator.hand(next(), [fresh]);
    await operator.declare(next(), [declared('r', { credentialIds: [fresh.id] })]);
    nowMs += 10 * minuteMs;
    await operator.declare(next(), [declared('r', { credentialIds: [fresh.id] })]);

    expect(await operator.readKeys([old.id, fresh.id])).toEqual({
      [`stored:${old.id}`]: 'sk-old',
      [`stored:${fresh.id}`]: 'sk-new',
    });
    nowMs += 1;
    await operator.declare(next(), [declared('r', { credentialIds: [fresh.id] })]);
    expect(await operator.readKeys([old.id, fresh.id])).toEqual({ [`stored:${fresh.id}`]: 'sk-new' });
  });

  it('takes a key back into use that was retired, when it is handed over or named again', async () => {
    const [one, two] = [newCredential('t', 'sk-one'), newCredential('t', 'sk-two')];
    await operator.hand(next(), [one, two]);
    await operator.declare(next(), [declared('t', { credentialIds: [one.id] })]);
    nowMs += 9 * minuteMs;
    await operator.declare(next(), [declared('t', { credentialIds: [two.id] })]);
    nowMs += 9 * minuteMs;
    await operator.hand(next(), [one]);
    nowMs += 9 * minuteMs;
    const { entries } = await operator.declare(next(), [declared('t', { credentialIds: [one.id] })]);

    expect(entries).toMatchObject([{ result: 'accepted' }]);
    expect(Object.values(await operator.readKeys([one.id, two.id]))).toEqual(['sk-one', 'sk-two']);
  });

  it('keeps the keys of an entry that is refused for the moment', async () => {
    const key = newCredential('u', 'sk-u');
    await operator.hand(next(), [key]);
    await operator.declare(next(), [declared('u', { credentialIds: [key.id], options: { odd: 'x' } })]);
    nowMs += 20 * minuteMs;
    const { entries } = await operator.declare(next(), [declared('u', { credentialIds: [key.id] })]);

    expect(entries).toMatchObject([{ result: 'accepted' }]);
  });

  it('takes the same call again, and refuses an older one', async () => {
    const fence = next();
    const key = newCredential('s', 'sk-s');

    expect((await operator.hand(fence, [key])).status).toBe(204);
    expect((await operator.hand(fence, [key])).status).toBe(204);
    const late = await operator.hand(fence, [{ ...key, value: 'sk-other' }]);
    expect(await late.json()).toMatchObject({ status: 409, code: 'stale_declaration' });
    expect(Object.values(await operator.readKeys([key.id]))).toEqual(['sk-s']);
  });

  it('answers 409 where there is nothing to seal with, 400 to what is no key, 401 to everybody but the operator', async () => {
    const without = await bench.start();
    const body = JSON.stringify({ epoch: 1, sequence: 1, credentials: [newCredential('p', 'sk-x')] });
    const asProxy = await fetch(`${orchestrator.url}/internal/declarations/default/credentials`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...(await asPeer('proxy')) },
      body,
    });

    const refused = await declarerAt(without.url).hand({ epoch: 1, sequence: 1 }, [newCredential('p', 'sk-x')]);
    expect(await refused.json()).toMatchObject({ status: 409, code: 'conflict' });
    expect((await operator.hand(next(), [{ id: randomUUID(), provider: 'p', value: 'two words' }])).status).toBe(400);
    expect(asProxy.status).toBe(401);
  });
});
