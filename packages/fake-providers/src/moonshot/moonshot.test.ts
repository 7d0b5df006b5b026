import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { createFakeMoonshot } from './index.ts';

const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };

describe('the fake of Moonshot', () => {
  let server: FakeProviderServer;

  beforeAll(async () => {
    server = await startFakeProvider(createFakeMoonshot().listener);
  });
  afterAll(() => server.close());

  async function ask(thought: object) {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: null, tool_calls: [call], ...thought },
      { role: 'tool', tool_call_id: 'c', content: 'b' },
    ];
    return fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-fake-moonshot' },
      body: JSON.stringify({ model: 'kimi-k2.5', messages }),
    });
  }

  it('rejects a call that came back without its thought', async () => {
    const answer = await ask({});

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('reasoning_content is missing');
  });

  it('shows its thought, and takes it back', async () => {
    const answer = await ask({ reasoning_content: 'Hm.' });

    expect(await answer.json()).toMatchObject({
      choices: [{ message: { content: 'The tools say: b', reasoning_content: expect.stringMatching(/./) } }],
    });
  });
});
