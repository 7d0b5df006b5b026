import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NativeWorld, startNativeWorld } from '../../testing/start-native-world.ts';
import { createPrincipal } from '../../testing/start-world.ts';

const chat = '/v1/chat/completions';

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld([{ name: 'router', type: 'OpenRouter' }]);
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const head = { id: 'c', created: 1, model: 'm' };
const answerOf = (message: object, finish_reason = 'stop') => ({
  ...{ ...head, object: 'chat.completion', usage },
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
});
const hello = answerOf({ content: 'Hello' });
const hi = { ...head, object: 'chat.completion.chunk', usage };

/** OpenRouter answers so from now on: one body, or the chunks of a stream. */
function say(said: object | readonly object[]): void {
  world.upstream('router').answer = (_request, response) => {
    const isStream = Array.isArray(said);
    response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    response.end(
      isStream
        ? `${said.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`
        : JSON.stringify(said),
    );
  };
}

describe.each([false, true])('D64: a thought of one conversation, streamed: %s', (stream) => {
  const id = 'functions.weather:0';
  const tool_calls = [{ id, type: 'function', function: { name: 'weather', arguments: '{}' } }];
  const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
  const turn = (said: string) => [
    { role: 'user', content: said },
    { role: 'assistant', content: null, tool_calls },
    { role: 'tool', tool_call_id: id, content: '5' },
  ];

  it('is sent again in this conversation alone', async () => {
    const details = [{ type: 'reasoning.text', text: 'OPAL-7731', index: 0 }];
    const thought = { content: null, reasoning: 'OPAL-7731', reasoning_details: details };
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      ...{ ...head, object: 'chat.completion.chunk' },
      choices: [{ index: 0, delta, finish_reason }],
    });
    const send = async (messages: readonly object[], caller = world.principal) => {
      const headers = await world.headers(createUuidV7(), caller);
      await world.send(chat, JSON.stringify({ model: 'router/m', messages, tools, stream }), headers);
      return world.upstream('router').lastBody.includes('OPAL-7731');
    };
    const opening = `a ${stream}`;
    say(
      stream
        ? [
            chunk({ role: 'assistant', ...thought }),
            chunk({ tool_calls: [{ index: 0, ...tool_calls[0] }] }, 'tool_calls'),
            { ...chunk({}), choices: [], usage },
          ]
        : answerOf({ ...thought, tool_calls }, 'tool_calls'),
    );
    await send([{ role: 'user', content: opening }]);
    say(stream ? [{ ...hi, choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }] }] : hello);
    await waitFor(() => send(turn(opening)), { describe: 'the thought in its conversation' });

    expect(await send(turn('b'))).toBe(false);
    const colleague = { ...createPrincipal(), orgId: world.principal.orgId };
    expect(await send(turn(opening), colleague)).toBe(false);
    expect(await send(turn('b'), colleague)).toBe(false);
  });
});
