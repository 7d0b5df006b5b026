import { PassThrough } from 'node:stream';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../testing/start-world.ts';

const chatPath = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'a prompt that no line may hold' }];

describe('the one line of a request in the log', () => {
  let world: World;
  let text = '';
  beforeAll(async () => {
    const logStream = new PassThrough();
    logStream.on('data', (part: Buffer) => {
      text += part.toString();
    });
    world = await startWorld({ logStream });
  });
  afterAll(() => world.stop());

  const lineOf = async (requestId: string) => {
    const find = () =>
      text.split('\n').find((line) => line.includes(requestId) && /"request_(finished|refused)"/.test(line));
    await waitFor(() => find() !== undefined, { describe: 'the line of the request' });
    return JSON.parse(find() ?? '{}');
  };
  const ask = async (model: string) => {
    const requestId = crypto.randomUUID();
    const answer = await world.post(chatPath, { model, messages }, await world.headers(requestId));
    await answer.text();
    return { requestId, status: answer.status };
  };
  const caller = () => {
    const { orgId, userId, keyId } = world.principal;
    return { orgId, userId, keyId };
  };

  it('names who asked, what served it, its cost and its attempts if it was served', async () => {
    const { requestId } = await ask('mock/mock-small');

    expect(await lineOf(requestId)).toMatchObject({
      ...{ message: 'request_finished', requestId, ...caller() },
      ...{ provider: 'mock', model: 'mock-small', outcome: 'completed', attempts: 1 },
      costNanoUsd: expect.stringMatching(/^\d+$/),
    });
  });

  it('names who asked, for which model, the status and the code if it was refused', async () => {
    const { requestId, status } = await ask('no-such-model');

    expect(await lineOf(requestId)).toMatchObject({
      ...{ message: 'request_refused', requestId, ...caller() },
      ...{ model: 'no-such-model', status, code: 'model_not_found' },
    });
    expect(status).toBe(404);
  });

  it('holds no prompt (I5)', () => {
    expect(text).not.toContain('a prompt that no line may hold');
  });
});
