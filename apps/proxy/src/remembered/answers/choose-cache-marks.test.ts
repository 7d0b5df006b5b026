import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../../testing/start-native-world.ts';

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([
    { name: 'claude', type: 'Anthropic' },
    { name: 'marked', type: 'Anthropic', options: { cacheMarks: 'auto' } },
  ]);
});
afterAll(() => world.stop());

const answer = JSON.stringify({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn', stop_sequence: null },
  content: [{ type: 'text', text: 'Hi' }],
  usage: { input_tokens: 10, output_tokens: 5 },
});

/** Asks with the setting of a key and a header. Returns the status, and whether the prompt went out with a mark. */
async function ask(provider: string, key?: 'auto' | 'none', header?: string, content: unknown = 'Hi') {
  world.reset();
  const upstream = world.upstream(provider);
  upstream.answer = (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  const headers = {
    ...(await world.headers(createUuidV7(), { ...world.principal, ...(key && { cacheMarks: key }) })),
    'content-type': 'application/json',
    ...(header !== undefined && { 'x-aggregator-cache-marks': header }),
  };
  const messages = [{ role: 'user', content }];
  const response = await fetch(`${world.url}/v1/chat/completions`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ model: `${provider}/m`, max_tokens: 10, messages }),
  });
  await response.text();
  return {
    status: response.status,
    marks: upstream.requests === 0 ? null : upstream.lastBody.split('cache_control').length - 1,
  };
}

describe('C-m3: marks of the prompt cache', () => {
  it.each([
    ['claude', undefined, undefined, 0],
    ['claude', 'auto', undefined, 1],
    ['claude', undefined, 'auto', 1],
    ['claude', 'auto', 'none', 0],
    ['claude', 'none', 'AUTO', 1],
    ['marked', undefined, undefined, 1],
    ['marked', 'none', undefined, 0],
    ['marked', undefined, 'none', 0],
  ] as const)(
    'are set as the request says, or its key, or the provider: %s, %s, %s',
    async (provider, key, header, marks) => {
      expect(await ask(provider, key, header)).toEqual({ status: 200, marks });
    },
  );

  it('are those of the client if it sets any', async () => {
    const own = [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }];
    expect(await ask('claude', undefined, 'auto', own)).toEqual({ status: 200, marks: 1 });
  });

  it('are rejected with another word, and nothing goes out', async () => {
    expect(await ask('claude', undefined, 'yes')).toEqual({ status: 400, marks: null });
  });
});
