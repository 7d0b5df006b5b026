import { createServer, type Server, type Socket } from 'node:net';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readReceived } from '../testing/read-received.ts';
import { chunkEvent } from '../testing/scripted-upstream.ts';
import { openStream } from '../testing/sse-client.ts';
import {
  type ScriptedWorld,
  startScriptedWorld,
  streamEnd,
  wholeBody,
  wholeText,
  words,
} from '../testing/start-scripted-world.ts';

const wholeStream = words.map((word) => chunkEvent(word)).join('') + streamEnd;
const wholeJson = JSON.stringify(wholeBody);
const toAnswer = (body: string, type: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

let world: ScriptedWorld;
let server: Server;
let requests = 0;
/** Parts that the provider writes, each for itself. */
let parts: (isStreamed: boolean) => readonly string[] = () => [];

async function writeAll(socket: Socket, all: readonly string[]) {
  for (const part of all) {
    await new Promise<void>((resolve) => {
      socket.write(part, () => setImmediate(resolve));
    });
  }
}

beforeAll(async () => {
  world = await startScriptedWorld({ environment: { RETRY_DELAY_MS: '1' } });
  server = createServer((socket) => {
    socket.setNoDelay(true);
    let request = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      request += bytes.toString();
      const [head = '', body] = request.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || Buffer.byteLength(body) < length) return;
      request = '';
      requests += 1;
      void writeAll(socket, parts(JSON.parse(body).stream === true));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has a port');
  const { snapshot } = world.proxy.context.routing.require();
  const providers = snapshot.providers.map((provider) =>
    provider.name === 'p1' ? { ...provider, baseUrl: `http://127.0.0.1:${address.port}/v1` } : provider,
  );
  world.orchestrator.publish({ ...snapshot, version: 3, providers });
  await waitFor(() => world.proxy.context.routing.index?.snapshot.version === 3, { describe: 'the address' });
});
afterAll(async () => {
  await world.stop();
  server.close();
});

async function ask(isStreamed: boolean) {
  const body = { model: 'two', messages: [{ role: 'user', content: 'Hello' }], stream: isStreamed };
  const client = await openStream(`${world.url}/v1/chat/completions`, await world.headers(createUuidV7()), body);
  await client.over();
  return readReceived(isStreamed ? client.events() : [client.text()]);
}

describe.each([true, false])('an informational head that was not asked for, streamed: %s', (isStreamed) => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
  const early = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n';

  it.each<[string, (answer: string) => readonly string[]]>([
    ['alone', (answer) => [interim, answer]],
    ['together with the answer', (answer) => [interim + answer]],
    ['with fields', (answer) => [`HTTP/1.1 100 Continue\r\nx-a: b\r\n\r\n${answer}`]],
    ['twice, and with early hints', (answer) => [interim + interim + early + answer]],
    ['byte by byte', (answer) => [...interim, ...answer.slice(0, 20), answer.slice(20)]],
  ])('is skipped: %s', async (_, toParts) => {
    parts = (streamed) =>
      toParts(streamed ? toAnswer(wholeStream, 'text/event-stream') : toAnswer(wholeJson, 'application/json'));
    requests = 0;
    // The second request goes out on the connection of the first.
    for (let request = 1; request <= 2; request += 1) {
      expect(await ask(isStreamed)).toMatchObject({ text: wholeText, provider: 'p1' });
      expect(requests).toBe(request);
    }
  });

  it('is no part of a body that looks like one', async () => {
    const text = 'HTTP/1.1 100 Continue';
    const json = JSON.stringify({
      ...wholeBody,
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    });
    parts = (streamed) =>
      streamed
        ? [toAnswer(`${text}\n\n${chunkEvent(text)}${streamEnd}`, 'text/event-stream')]
        : [toAnswer(json, 'application/json')];
    expect(await ask(isStreamed)).toMatchObject({ text, provider: 'p1' });
  });
});
