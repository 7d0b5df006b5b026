import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunkEvent } from '../testing/scripted-upstream.ts';
import { openStream } from '../testing/sse-client.ts';
import { startWorld, type World } from '../testing/start-world.ts';

const path = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hello' }];
const eventStream = { 'content-type': 'text/event-stream' };

let world: World;
beforeAll(async () => {
  world = await startWorld({
    environment: {
      // A provider that is held back is not silent: its shorter limit never cuts what the client's should.
      IDLE_TIMEOUT_MS: '1500',
      STREAM_PING_INTERVAL_MS: '100',
      CLIENT_STALL_TIMEOUT_MS: '3000',
    },
    wordsPerAnswer: 20,
  });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fault = null;
});

async function stream(model: string, change: object = {}, isPaused = false, at = world) {
  const requestId = createUuidV7();
  const body = { model, messages, stream: true, ...change };
  const client = await openStream(`${at.url}${path}`, await at.headers(requestId), body, { isPaused });
  return { requestId, client };
}

describe('a client', () => {
  it('that leaves a provider without records pays an estimate, flagged, and never above the hold', async () => {
    world.fault = { kind: 'endless' };
    const { client, requestId } = await stream('plain/mock-small', { max_tokens: 3 });
    await client.waitForEvents(50);
    client.leave();
    const usage = await world.usageOf(requestId);

    expect(usage).toMatchObject({ outcome: 'aborted', estimated: true, usage: { outputText: 3 } });
    expect(BigInt(usage.amountNanoUsd)).toBeGreaterThan(0n);
    await world.waitUntilNothingHeld();
  });

  it('that leaves before the first token is settled, too', async () => {
    world.fault = { kind: 'stall', afterChunks: 0 };
    const { client, requestId } = await stream('mock/mock-small');
    client.leave();
    const truth = await world.truthOf(requestId);

    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'aborted', amountNanoUsd: truth.amountNanoUsd });
  });

  it('that reads nothing holds the provider back, costs little memory, is cut, and is settled', async () => {
    let sentBytes = 0;
    const event = chunkEvent('x'.repeat(1000));
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream);
      const fill = () => {
        while (!response.destroyed && sentBytes < 200_000_000) {
          sentBytes += event.length;
          if (!response.write(event)) return;
        }
      };
      response.on('drain', fill);
      fill();
    };
    const { client, requestId } = await stream('scripted-model', {}, true);
    const usage = await world.usageOf(requestId);

    expect(usage.outcome).toBe('aborted');
    // What the kernel's buffers of four sockets take is not ours; two hundred megabytes would be.
    expect(sentBytes).toBeLessThan(100_000_000);
    client.leave();
    await waitFor(() => world.scripted.open === 0, { describe: 'the provider’s call to end' });
  });

  it('that pauses for a while gets everything, in order', async () => {
    const words = Array.from({ length: 20_000 }, (_, index) => ` ${index}`);
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream);
      response.end(`${words.map((word) => chunkEvent(word)).join('')}${chunkEvent('', 'stop')}data: [DONE]\n\n`);
    };
    const { client } = await stream('scripted-model');
    client.response.pause();
    setTimeout(() => client.response.resume(), 300);
    await client.over();

    expect(client.said()).toBe(words.join(''));
    expect(client.events().at(-1)).toBe('[DONE]');
  });
});

describe('with the usual limits, which are long', () => {
  let patient: World;
  beforeAll(async () => {
    patient = await startWorld();
  });
  afterAll(() => patient.stop());

  it('a client that leaves takes the provider’s call with it within a second’s worth of tokens, and pays exactly what the provider charges', async () => {
    patient.fault = { kind: 'endless' };
    const { client, requestId } = await stream('mock/mock-small', {}, false, patient);
    await client.waitForEvents(5);
    const readTokens = client.events().length;
    client.leave();
    const truth = await patient.truthOf(requestId);

    expect(truth.state).toBe('aborted');
    // A token takes the provider a millisecond or more. Its clock stops where ours does, on a busy machine.
    expect(truth.completionTokens - readTokens).toBeLessThan(1000);
    expect(await patient.usageOf(requestId)).toMatchObject({
      outcome: 'aborted',
      errorCode: 'request_cancelled',
      estimated: false,
      amountNanoUsd: truth.amountNanoUsd,
      usage: { outputText: truth.completionTokens },
    });
    await patient.waitUntilNothingHeld();
  });

  it.each([
    ['after [DONE]', 'data: [DONE]\n\n'],
    ['in the place of [DONE]', ''],
  ])(
    'a provider that is silent %s is not waited for: the answer is whole',
    async (_when, last) => {
      patient.scripted.answer = (_request, response) => {
        response.writeHead(200, eventStream).write(chunkEvent('Hi') + chunkEvent('', 'stop') + last);
      };
      const { client } = await stream('scripted-model', {}, false, patient);

      expect(await client.over()).toBe('end');
      expect(client.said()).toBe('Hi');
      expect(client.events().at(-1)).toBe('[DONE]');
      await waitFor(() => patient.scripted.open === 0, { describe: 'the idle call to be let go' });
    },
    15_000,
  );
});
