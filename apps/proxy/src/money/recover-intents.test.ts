import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryAdmissionStore } from '@aggregator/admission';
import type { EventLog } from '@aggregator/messaging';
import { createUuidV7 } from '@aggregator/service-kit';
import { openSpool } from '@aggregator/spool';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStream } from '../testing/sse-client.ts';
import { startWorld, type World } from '../testing/start-world.ts';
import { type DispatchedRequest, toIntent } from './dispatched-request.ts';
import { readBootId } from './read-boot-id.ts';

const path = '/v1/chat/completions';
const body = { model: 'mock/mock-small', messages: [{ role: 'user', content: 'Hello' }], stream: true };

/** An event log that is down. */
const brokenLog: EventLog = {
  publish: () => Promise.reject(new Error('down')),
  consume: () => Promise.reject(new Error('down')),
  readPositions: () => Promise.reject(new Error('down')),
  checkHealth: () => Promise.reject(new Error('down')),
  close: async () => undefined,
};

let directory: string;
let worlds: World[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aggregator-recovery-'));
  worlds = [];
});
afterEach(async () => {
  for (const world of worlds.reverse()) await world.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(options);
  worlds.push(world);
  return world;
}

function createRequest(change: Partial<DispatchedRequest>): DispatchedRequest {
  return {
    ...{
      requestId: createUuidV7(),
      attempt: 1,
      earlier: [],
      orgId: createUuidV7(),
      userId: createUuidV7(),
      keyId: null,
    },
    operation: 'chat.completions',
    provider: {
      name: 'gone',
      type: 'OpenAI',
      baseUrl: 'http://127.0.0.1:9/v1',
      isAddressTrusted: true,
      credentialRef: 'none',
      options: {},
    },
    model: 'some-model',
    price: { version: 'p/1', rates: { inputUncached: '150000', outputText: '600000' } },
    isStreamed: true,
    dispatchedAt: new Date().toISOString(),
    ...{ inputTokensMax: 500, outputTokensMax: 100, inputTokensEstimate: 100 },
    tokensSubject: null,
    ...change,
  };
}

/** A spool as a process leaves it that died with these requests open. */
async function leaveBehind(
  requests: readonly DispatchedRequest[],
  marks: readonly (string | null)[] = [],
): Promise<string> {
  const spool = await openSpool({
    ...{ directory, bytesMax: 64 * 1024 * 1024, segmentBytesMax: 1024 * 1024, flushIntervalMs: 5, shipBatchMax: 10 },
    ship: async () => undefined,
    onError: () => undefined,
  });
  for (const [at, request] of requests.entries()) {
    spool.prepareIntent(toIntent(request));
    const mark = marks[at] ?? null;
    if (mark !== null) spool.appendMark(request.requestId, mark);
  }
  await spool.close();
  return directory;
}

describe('a proxy that died in the middle of a stream', () => {
  it('has it settled by its successor, once, at what the provider charged', async () => {
    const first = await start({ eventLog: brokenLog });
    first.fault = { kind: 'endless' };
    const requestId = createUuidV7();
    const client = await openStream(`${first.url}${path}`, await first.headers(requestId), body);
    await client.waitForEvents(5);
    // The disk as a kill at this moment leaves it.
    await cp(first.spoolDirectory, directory, { recursive: true });
    await rm(join(directory, 'lock'));
    client.leave();
    const truth = await first.truthOf(requestId);
    const second = await start({ after: first, environment: { SPOOL_DIRECTORY: directory } });

    expect(await second.usageOf(requestId)).toMatchObject({
      eventId: requestId,
      outcome: 'failed',
      estimated: false,
      amountNanoUsd: truth.amountNanoUsd,
      orgId: first.principal.orgId,
      isStreamed: true,
    });
    expect(second.proxy.context.spool.readPending().openIntents).toBe(0);
  });
});

describe('a request that an earlier process left open', () => {
  it('at a provider without records is charged its input by estimate, flagged, and its hold goes back', async () => {
    const request = createRequest({});
    const admission = createMemoryAdmissionStore();
    const { orgId, requestId } = request;
    await admission.grantCredit({ orgId, leaseId: 'l', amountNanoUsd: 1_000_000n });
    const hold = { orgId, requestId, holdNanoUsd: 500_000n, rates: [], concurrency: [], holdTtlMs: 600_000 };
    await admission.admit(hold);
    const world = await start({ environment: { SPOOL_DIRECTORY: await leaveBehind([request]) }, admission });

    expect(await world.usageOf(requestId)).toMatchObject({
      outcome: 'failed',
      errorCode: 'internal_error',
      estimated: true,
      usage: { inputUncached: 100 },
      amountNanoUsd: '15000',
    });
    expect(await admission.readCredit(orgId)).toMatchObject({ creditNanoUsd: 985_000n, openHolds: 0 });
  });

  it('costs nothing if its call never began, and its input if the call began or if that is not known (I1)', async () => {
    const bootId = readBootId();
    const id = createUuidV7();
    const requests = [
      createRequest({ bootId }),
      createRequest({ requestId: id, bootId }),
      createRequest({ bootId, attempt: 2 }),
      createRequest({ bootId: 'another-run-of-the-kernel' }),
      createRequest({}),
    ];
    const marks = [null, `${id}/1`, 'of-the-first-attempt/1', null, null];
    const world = await start({ environment: { SPOOL_DIRECTORY: await leaveBehind(requests, marks) } });

    const usages = await Promise.all(requests.map(({ requestId }) => world.usageOf(requestId)));
    expect(usages.map(({ outcome, amountNanoUsd }) => [outcome, amountNanoUsd])).toEqual([
      ['void', '0'],
      ['failed', '15000'],
      ['void', '0'],
      ['failed', '15000'],
      ['failed', '15000'],
    ]);
  });

  it('is marked as sent before the provider sees it, streamed or not (I1)', async () => {
    const world = await start({ eventLog: brokenLog });
    const marks: (string | null)[] = [];
    world.scripted.answer = async (_request, response) => {
      await rm(directory, { recursive: true, force: true });
      await cp(world.spoolDirectory, directory, { recursive: true });
      await rm(join(directory, 'lock'));
      const spool = await openSpool({
        ...{
          directory,
          bytesMax: 64 * 1024 * 1024,
          segmentBytesMax: 1024 * 1024,
          flushIntervalMs: 5,
          shipBatchMax: 10,
        },
        ship: () => Promise.reject(new Error('down')),
        onError: () => undefined,
      });
      marks.push(...spool.abandonedIntents.map(({ mark }) => mark));
      await spool.close();
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
    };
    const ids = [createUuidV7(), createUuidV7()];
    for (const [at, requestId] of ids.entries()) {
      await world.post(path, { ...body, model: 'scripted-model', stream: at === 0 }, await world.headers(requestId));
    }

    expect(marks).toEqual(ids.map((id) => `${id}/1`));
  });

  it('that the provider never saw is void', async () => {
    const first = await start({});
    const provider = {
      name: 'mock',
      type: 'Mock',
      baseUrl: first.mock.url,
      isAddressTrusted: true,
      credentialRef: 'none',
      options: {},
    } as const;
    const request = createRequest({ provider });
    const environment = { SPOOL_DIRECTORY: await leaveBehind([request]) };
    const second = await start({ after: first, environment });

    expect(await second.usageOf(request.requestId)).toMatchObject({ outcome: 'void', amountNanoUsd: '0', usage: {} });
  });

  it('is asked for until the provider answers, and keeps no other waiting meanwhile', async () => {
    const first = await start({});
    let refusals = 7;
    first.scripted.answer = (request, response) => {
      const isKnown = request.method === 'GET' && refusals-- <= 0;
      response.statusCode = isKnown ? 200 : 503;
      response.end(
        JSON.stringify({
          object: 'usage_record',
          usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
        }),
      );
    };
    const provider = {
      name: 'forgetful',
      type: 'Mock',
      baseUrl: first.scripted.url,
      isAddressTrusted: true,
      credentialRef: 'none',
      options: {},
    } as const;
    const away = createRequest({ provider });
    const other = createRequest({});
    const environment = { SPOOL_DIRECTORY: await leaveBehind([away, other]) };
    const second = await start({ after: first, environment });

    await second.usageOf(other.requestId);
    expect(second.usages()).toHaveLength(1);
    expect(await second.usageOf(away.requestId)).toMatchObject({
      estimated: false,
      usage: { inputUncached: 10, outputText: 20 },
      amountNanoUsd: '13500',
    });
  });

  it('is charged an estimate if the provider does not answer in time, and corrected when it does', async () => {
    const world = await start({});
    let isAway = true;
    world.scripted.answer = (request, response) => {
      const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
      if (request.method !== 'GET') {
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write('data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n');
      } else if (isAway) response.writeHead(503).end();
      else response.end(JSON.stringify({ object: 'usage_record', usage }));
    };
    const requestId = createUuidV7();
    const client = await openStream(`${world.url}${path}`, await world.headers(requestId), {
      ...{ ...body, model: 'forgetful-model' },
    });
    await client.waitForEvents(1);
    client.leave();
    const settlement = await world.usageOf(requestId);
    expect(settlement).toMatchObject({ estimated: true, outcome: 'aborted' });
    isAway = false;

    const { time, usage, amountNanoUsd } = settlement;
    const correction = await waitFor(() => world.corrections()[0], { timeoutMs: 20_000, describe: 'the correction' });
    expect(correction).toMatchObject({
      ...{ requestId, eventId: `${requestId}/correction`, settled: { time, usage, amountNanoUsd } },
      actual: { usage: { inputUncached: 10, outputText: 20 }, amountNanoUsd: '13500' },
    });
    expect(world.usages()).toHaveLength(1);
  }, 40_000);

  it('is estimated at once by no jump of the clock: its provider is asked for ten minutes at least', async () => {
    const first = await start({});
    let asked = 0;
    first.scripted.answer = (request, response) => {
      if (request.method === 'GET') asked += 1;
      response.writeHead(503).end();
    };
    const provider = {
      name: 'forgetful',
      type: 'Mock',
      baseUrl: first.scripted.url,
      isAddressTrusted: true,
      credentialRef: 'none',
      options: {},
    } as const;
    const dispatchedAt = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const request = createRequest({ provider, dispatchedAt });
    let nowMs = 0;
    const second = await start({
      ...{ after: first, monotonicNow: () => nowMs },
      environment: { SPOOL_DIRECTORY: await leaveBehind([request]) },
    });
    // The pauses within a round double: the second round begins with a short one.
    await waitFor(() => asked > 8, { timeoutMs: 20_000, describe: 'a second round' });
    expect(second.usages()).toEqual([]);
    nowMs = 600_001;

    await waitFor(() => second.usages().length === 1, { timeoutMs: 20_000, describe: 'the estimate' });
    expect(await second.usageOf(request.requestId)).toMatchObject({ outcome: 'failed', estimated: true });
    expect(second.proxy.context.corrections.size).toBe(1);
  }, 60_000);

  it('is left to the next process where it cannot be settled before this one ends', async () => {
    const world = await start({ environment: { SHUTDOWN_GRACE_MS: '1200' } });
    world.scripted.answer = (request, response) => {
      if (request.method === 'GET') response.writeHead(503).end();
      else
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write('data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n');
    };
    const requestId = createUuidV7();
    const client = await openStream(`${world.url}${path}`, await world.headers(requestId), {
      ...body,
      model: 'forgetful-model',
    });
    await client.waitForEvents(1);
    await world.proxy.stop();
    const successor = await openSpool({
      ...{ directory: world.spoolDirectory, bytesMax: 64 * 1024 * 1024, segmentBytesMax: 1024 * 1024 },
      ...{ flushIntervalMs: 5, shipBatchMax: 10 },
      ship: async () => undefined,
      onError: () => undefined,
    });

    expect(successor.abandonedIntents.map((intent) => intent.eventId)).toEqual([requestId]);
    expect(world.usages()).toEqual([]);
    await successor.close();
  });
});
