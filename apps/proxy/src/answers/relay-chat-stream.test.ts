import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunkEvent, toEvent } from '../testing/scripted-upstream.ts';
import { openStream } from '../testing/sse-client.ts';
import { startWorld, type World } from '../testing/start-world.ts';

const path = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hello' }];
const eventStream = { 'content-type': 'text/event-stream' };

/** A stream's head is sent with its first ping, so what has a status when it fails needs the usual pings. */
let world: World;
/** Short pings and limits of silence. */
let hasty: World;
beforeAll(async () => {
  world = await startWorld({ environment: { RETRY_DELAY_MS: '1' }, wordsPerAnswer: 20 });
  hasty = await startWorld({
    environment: {
      FIRST_TOKEN_TIMEOUT_MS: '1500',
      IDLE_TIMEOUT_MS: '1500',
      STREAM_PING_INTERVAL_MS: '100',
      RETRY_DELAY_MS: '1',
    },
    wordsPerAnswer: 20,
  });
});
afterAll(() => Promise.all([world.stop(), hasty.stop()]));
beforeEach(() => {
  world.fault = null;
  hasty.fault = null;
});

async function stream(model: string, change: object = {}, at = world) {
  const requestId = createUuidV7();
  const body = { model, messages, stream: true, ...change };
  const client = await openStream(`${at.url}${path}`, await at.headers(requestId), body);
  return { requestId, client };
}

const lastError = (events: string[]) => JSON.parse(events.at(-1) ?? '').error;

/** What must hold of every stream that broke after something was delivered. */
async function expectOneErrorEvent(stream_: Awaited<ReturnType<typeof stream>>, code: string, at = world) {
  const { client, requestId } = stream_;
  expect(await client.over()).toBe('end');
  const events = client.events();
  expect(events.filter((event) => event.includes('"error"'))).toHaveLength(1);
  expect(lastError(events)).toMatchObject({ code, type: 'upstream_error', message: expect.any(String) });
  expect(events).not.toContain('[DONE]');
  return await at.usageOf(requestId);
}

describe('a stream that breaks at the provider', () => {
  it.each([1, 2, 10, 19])(
    'after %i of 20 tokens delivers them, then one error event, and never [DONE]',
    async (count) => {
      world.fault = { kind: 'cut', afterChunks: count };
      const broken = await stream('mock/mock-small');
      const usage = await expectOneErrorEvent(broken, 'upstream_stream_cut');
      const truth = await world.truthOf(broken.requestId);

      expect(truth.completionTokens).toBe(count);
      expect(broken.client.said()).not.toBe('');
      expect(usage).toMatchObject({
        outcome: 'failed',
        errorCode: 'upstream_stream_cut',
        estimated: false,
        amountNanoUsd: truth.amountNanoUsd,
      });
      await world.waitUntilNothingHeld();
    },
  );

  it('whole, but torn before [DONE], is a whole answer', async () => {
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream);
      response.write(chunkEvent('Hi') + chunkEvent('', 'stop'), () => response.destroy());
    };
    const { client, requestId } = await stream('scripted-model');

    expect(await client.over()).toBe('end');
    expect(client.said()).toBe('Hi');
    expect(client.events().at(-1)).toBe('[DONE]');
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'completed', estimated: true });
  });

  it('before anything was delivered returns a status, and costs nothing', async () => {
    world.fault = { kind: 'cut', afterChunks: 0 };
    const { client, requestId } = await stream('mock/mock-small');
    await client.over();

    expect(client.status).toBe(502);
    expect(JSON.parse(client.text())).toMatchObject({ error: { code: 'upstream_unreachable' } });
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0', estimated: false });
  });

  it('answers 502 where the provider cannot be reached, and nothing is charged or asked', async () => {
    const { client, requestId } = await stream('gone-model');
    await client.over();

    expect(client.status).toBe(502);
    expect(JSON.parse(client.text())).toMatchObject({ error: { code: 'upstream_unreachable' } });
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0' });
  });
});

describe('a provider that is silent', () => {
  it('from the start gets the client pings, then one error event', async () => {
    hasty.fault = { kind: 'stall', afterChunks: 0 };
    const silent = await stream('mock/mock-small', {}, hasty);
    const usage = await expectOneErrorEvent(silent, 'upstream_timeout', hasty);

    expect(silent.client.text()).toMatch(/^: ping\n\n/);
    expect(usage).toMatchObject({ outcome: 'failed', amountNanoUsd: '0' });
    await hasty.truthOf(silent.requestId);
  });

  it('in the middle ends with one error event, and what was generated is charged exactly', async () => {
    hasty.fault = { kind: 'stall', afterChunks: 5 };
    const silent = await stream('mock/mock-small', {}, hasty);
    const usage = await expectOneErrorEvent(silent, 'upstream_timeout', hasty);
    const truth = await hasty.truthOf(silent.requestId);

    expect(truth).toMatchObject({ state: 'aborted', completionTokens: 5 });
    expect(usage).toMatchObject({ amountNanoUsd: truth.amountNanoUsd, estimated: false });
  });

  it('but sends comments is silent all the same: they are no life', async () => {
    hasty.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream);
      response.write(chunkEvent('Hi'));
      const timer = setInterval(() => response.write(': still here\n\n'), 20);
      response.once('close', () => clearInterval(timer));
    };
    const usage = await expectOneErrorEvent(await stream('scripted-model', {}, hasty), 'upstream_timeout', hasty);

    expect(usage).toMatchObject({ outcome: 'failed', estimated: true });
  });
});

describe('a provider that sends nonsense', () => {
  const answerWith = (text: string, headers: Record<string, string> = eventStream, status = 200) => {
    world.scripted.answer = (_request, response) => void response.writeHead(status, headers).end(text);
  };
  /** The first part is with the client before the second leaves the provider. */
  const answerInTwo = (first: string, second: string) => {
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream).write(first);
      world.scripted.goOn = () => void response.end(second);
    };
  };
  const streamInTwo = async () => {
    const opened = await stream('scripted-model');
    await opened.client.waitForEvents(1);
    world.scripted.goOn();
    return opened;
  };

  it.each([0, 7, 19])('a broken event before token %i is left out and the rest continues', async (beforeChunk) => {
    world.fault = { kind: 'malformed', beforeChunk };
    const { client, requestId } = await stream('mock/mock-small');

    expect(await client.over()).toBe('end');
    expect(client.events().at(-1)).toBe('[DONE]');
    for (const event of client.events().slice(0, -1)) expect(() => JSON.parse(event)).not.toThrow();
    const truth = await world.truthOf(requestId);
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'completed', amountNanoUsd: truth.amountNanoUsd });
  });

  it('more than three broken events end the stream with one error event', async () => {
    answerInTwo(chunkEvent('Hi'), 'data: {"broken\n\n'.repeat(4) + chunkEvent('', 'stop'));
    const usage = await expectOneErrorEvent(await streamInTwo(), 'upstream_invalid_response');

    expect(usage).toMatchObject({ outcome: 'failed', estimated: true, usage: { outputText: 1 } });
  });

  it('no [DONE] after a whole answer: we say it ourselves', async () => {
    answerWith(chunkEvent('Hi') + chunkEvent('', 'stop'));
    const { client } = await stream('scripted-model');

    expect(await client.over()).toBe('end');
    expect(client.events().at(-1)).toBe('[DONE]');
  });

  it('an end without a finish reason is no end', async () => {
    answerInTwo(chunkEvent('Hi'), 'data: [DONE]\n\n');
    await expectOneErrorEvent(await streamInTwo(), 'upstream_stream_cut');
  });

  it('an error event in the middle becomes our one error event, with the provider’s own words kept from the caller', async () => {
    answerInTwo(chunkEvent('Hi'), toEvent({ error: { message: 'sk-secret at 10.0.0.7', type: 'server_error' } }));
    const broken = await streamInTwo();
    await expectOneErrorEvent(broken, 'upstream_error');

    expect(broken.client.text()).not.toContain('10.0.0.7');
  });

  it.each([
    [
      'an error body with a success’s status',
      200,
      '{"error":{"message":"slow down","type":"rate_limit_error"}}',
      429,
      'rate_limit_exceeded',
    ],
    [
      'a plain answer that is not whole',
      200,
      '{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"}}]}',
      502,
      'upstream_invalid_response',
    ],
    [
      'our credential refused',
      401,
      '{"error":{"message":"bad key","code":"invalid_api_key"}}',
      502,
      'upstream_misconfigured',
    ],
    [
      'a refusal of the request',
      400,
      '{"error":{"message":"stop must be short","type":"invalid_request_error","param":"stop"}}',
      400,
      'upstream_rejected',
    ],
    ['a server’s error as HTML', 500, '<html>oops</html>', 502, 'upstream_error'],
  ])('%s gets a status, and costs nothing', async (_name, status, body, expected, code) => {
    answerWith(body, { 'content-type': 'application/json', 'retry-after': '7' }, status);
    const { client, requestId } = await stream('scripted-model');
    await client.over();

    expect(client.status).toBe(expected);
    expect(JSON.parse(client.text())).toMatchObject({ error: { code } });
    if (status === 429) expect(client.headers['retry-after']).toBe('7');
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0', errorCode: code });
  });

  it('HTML with a success’s status is reported as an invalid answer', async () => {
    answerWith('<html>log in</html>', { 'content-type': 'text/html' });
    const { client } = await stream('scripted-model');
    await client.over();

    expect(client.status).toBe(502);
    expect(JSON.parse(client.text())).toMatchObject({ error: { code: 'upstream_invalid_response' } });
  });

  it('what came together with the failure has not reached the client: a status, and no charge', async () => {
    answerWith(chunkEvent('Hi') + toEvent({ error: { message: 'overloaded', type: 'overloaded_error' } }));
    const { client, requestId } = await stream('scripted-model');
    await client.over();

    expect(client.status).toBe(502);
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0' });
  });

  it('an event of megabytes ends the stream with one error event', async () => {
    answerInTwo(chunkEvent('Hi'), chunkEvent('x'.repeat(9_000_000)));
    await expectOneErrorEvent(await streamInTwo(), 'upstream_invalid_response');
  });

  it('characters and events cut anywhere come out whole', async () => {
    const bytes = Buffer.from(`${chunkEvent('héllo 🌍')}${chunkEvent('', 'stop')}data: [DONE]\r\n\r\n`);
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream);
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    };
    const { client } = await stream('scripted-model');
    await client.over();

    expect(client.said()).toBe('héllo 🌍');
    expect(client.events().at(-1)).toBe('[DONE]');
  });
});

describe('the head', () => {
  it('is held back until the first token, so that a role alone is no delivery', async () => {
    world.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream);
      response.write(toEvent({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }), () =>
        response.destroy(),
      );
    };
    const { client } = await stream('scripted-model');
    await client.over();

    expect(client.status).toBe(502);
  });

  it('comes with the pings of a slow start, and the answer after them is whole', async () => {
    hasty.scripted.answer = (_request, response) => {
      response.writeHead(200, eventStream);
      const timer = setTimeout(() => response.end(`${chunkEvent('Hi')}${chunkEvent('', 'stop')}data: [DONE]\n\n`), 250);
      response.once('close', () => clearTimeout(timer));
    };
    const { client } = await stream('scripted-model', {}, hasty);
    await client.over();

    expect(client.text()).toMatch(/^(: ping\n\n)+data: /);
    expect(client.said()).toBe('Hi');
    expect(client.events().at(-1)).toBe('[DONE]');
  });
});
