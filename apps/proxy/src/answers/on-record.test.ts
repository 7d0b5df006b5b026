import { readdirSync, readFileSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startWorld, type World } from '../testing/start-world.ts';

const path = '/v1/chat/completions';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** True if the spool's files have the settlement of the request. */
function isOnRecord(requestId: string): boolean {
  return readdirSync(world.spoolDirectory)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(join(world.spoolDirectory, name), 'utf8').split('\n'))
    .some((line) => line.includes('"usage.recorded/1"') && line.includes(requestId));
}

/** Asks, and returns whether the settlement was in the file when the end of the answer was handed to the kernel. */
async function ask(body: object): Promise<{ cache: string | null; atEnd: boolean[] }> {
  const requestId = createUuidV7();
  const atEnd: boolean[] = [];
  const { end } = ServerResponse.prototype;
  const spy = jest.spyOn(ServerResponse.prototype, 'end').mockImplementation(function (this: ServerResponse, ...rest) {
    if (this.req.headers['x-request-id'] === requestId || this.getHeader('x-request-id') === requestId)
      atEnd.push(isOnRecord(requestId));
    return Reflect.apply(end, this, rest);
  } as typeof end);
  const answer = await world.post(path, body, await world.headers(requestId));
  expect(answer.status).toBe(200);
  await answer.text();
  spy.mockRestore();
  return { cache: answer.headers.get('x-aggregator-cache'), atEnd };
}

describe('the settlement of a request (I1)', () => {
  const messages = [{ role: 'user', content: 'Hello there, provider' }];

  it.each([false, true])('is in the spool before the end of its answer, streamed: %s', async (stream) => {
    const { atEnd } = await ask({ model: 'mock/mock-small', messages, stream });
    expect(atEnd).toEqual([true]);
  });

  it.each([false, true])('is in the spool before an answer of the cache, streamed: %s', async (stream) => {
    const body = {
      model: 'mock/mock-small',
      temperature: 0,
      messages: [{ role: 'user', content: `again ${stream}` }],
      stream,
    };
    await ask(body);
    const { cache, atEnd } = await ask(body);
    expect({ cache, atEnd }).toEqual({ cache: 'hit', atEnd: [true] });
  });
});
