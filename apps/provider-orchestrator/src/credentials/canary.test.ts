import { Writable } from 'node:stream';
import { providerChange } from '@aggregator/contracts';
import { createMemoryExpiringStore } from '@aggregator/expiring-store';
import { lastKnownGoodStore } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { declared, declarerAt, newCredential } from '../testing/declare.ts';
import { asPeer, createOrchestratorBench, encryptionKey, manage } from '../testing/start-orchestrator.ts';

const canary = 'canary-ab12cd34ef56-not-a-pattern';
const tables = z.array(z.object({ name: z.string() }));
const texts = z.array(z.object({ text: z.string() }));

type Database = Awaited<ReturnType<ReturnType<typeof createOrchestratorBench>['start']>>['context']['database'];

/** Every row of every table, as text. */
async function dumpTables(database: Database): Promise<string[]> {
  const named =
    await database.$queryRaw`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`;
  const dump: string[] = [];
  for (const { name } of tables.parse(named)) {
    const rows = texts.parse(await database.$queryRawUnsafe(`SELECT t::text AS text FROM "${name}" t`));
    dump.push(...rows.map(({ text }) => text));
  }
  return dump;
}

describe('a key that was given through the API or by Kubernetes', () => {
  const bench = createOrchestratorBench();
  afterAll(() => bench.closeAll());

  it('is nowhere in the tables, the logs, the store or the answers, but in the one that proxies get', async () => {
    const lines: string[] = [];
    const lastKnownGood = createMemoryExpiringStore(lastKnownGoodStore.bounds);
    const logStream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const orchestrator = await bench.start({
      environment: { CREDENTIALS_ENCRYPTION_KEY: encryptionKey, LOG_LEVEL: 'debug', OPENAI_API_KEY: canary },
      logStream,
      lastKnownGood,
    });
    const operator = declarerAt(orchestrator.url);
    const handed = newCredential('k', canary);
    const misplaced = declared('odd', { baseUrl: `https://${canary}@x.com`, type: 'OpenAICompatible' });
    const operatorAnswers = [
      await operator.hand({ epoch: 1, sequence: 1 }, [handed]),
      await operator.hand({ epoch: 1, sequence: 1 }, [{ ...handed, value: `${canary}-2` }]),
      await operator.hand({ epoch: 1, sequence: 2 }, [{ ...handed, value: `${canary} 3` }]),
      await operator.put({ epoch: 1, sequence: 2 }, [declared('k', { credentialIds: [handed.id] }), misplaced]),
    ];
    const operatorTexts = await Promise.all(operatorAnswers.map((answer) => answer.text()));
    await waitFor(async () => (await lastKnownGood.get(lastKnownGoodStore.key)) !== null, {
      describe: 'the state kept',
    });
    const body = { name: 'p', type: 'OpenAI', apiKeys: [canary], models: [] };
    const answers = [
      await manage(orchestrator, 'POST', '/providers', body),
      await manage(orchestrator, 'POST', '/providers', body),
      await manage(orchestrator, 'POST', '/providers', { ...body, name: 'q', secret: canary }),
      await manage(orchestrator, 'POST', '/providers', { ...body, name: 'q', baseUrl: `https://${canary}@x.com` }),
      await manage(orchestrator, 'POST', '/providers', { ...body, name: 'q', apiKeys: [`${canary}\n`] }),
      await manage(orchestrator, 'PATCH', '/providers/p', { apiKeys: [canary, `${canary}-2`] }),
      await manage(orchestrator, 'PATCH', '/providers/openai', { apiKeys: [canary] }),
      await manage(orchestrator, 'GET', '/providers'),
      await manage(orchestrator, 'GET', '/providers/p'),
    ];
    const change = providerChange.parse(answers[5]?.body);
    const { database } = orchestrator.context;
    // What the database refuses is logged with its cause.
    await database.$executeRaw`ALTER TABLE stored_credential ADD CONSTRAINT full_now CHECK (false) NOT VALID`;
    answers.push(await manage(orchestrator, 'PATCH', '/providers/p', { apiKeys: [canary] }));
    const forProxy = await fetch(`${orchestrator.url}/internal/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await asPeer('proxy')) },
      body: JSON.stringify({ refs: change.provider.credentials.map(({ ref }) => ref) }),
    });
    const dump = await dumpTables(database);

    expect(answers.map(({ status }) => status)).toEqual([201, 409, 400, 400, 400, 200, 409, 200, 200, 503]);
    expect(operatorAnswers.map(({ status }) => status)).toEqual([204, 409, 400, 200]);
    expect(operatorTexts.join()).toContain('accepted');
    expect(operatorTexts.join()).not.toContain(canary);
    expect(Object.values(await operator.readKeys([handed.id]))).toEqual([canary]);
    expect(await lastKnownGood.get(lastKnownGoodStore.key)).not.toContain(canary);
    expect(await forProxy.text()).toContain(canary);
    expect(answers.map(({ text }) => text).join()).not.toContain(canary);
    expect(lines.join()).toContain('registry_changed');
    expect(lines.join()).toContain('request_failed');
    expect(lines.join()).not.toContain(canary);
    expect(dump.join()).toContain('v1:');
    expect(dump.join()).not.toContain(canary);
    expect(dump.join()).not.toContain(Buffer.from(canary).toString('base64').slice(0, 20));
    expect(JSON.stringify(orchestrator.context.feed.current)).not.toContain(canary);
  });
});
