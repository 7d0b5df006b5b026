import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../testing/start-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const args = '{"id":1234567890123456789,"list":[1.0,{"deep":-0}],"to":"ivan.petrov@example.com"}';
const tools = `[{"name":"f","input_schema":{"type":"object","properties":{"id":{"minimum":12345678901234567890}}}}]`;
const history = `[{"role":"user","content":"Write to ivan.petrov@example.com"},{"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"f","input":${args}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"2.50"}]}]`;

describe.each([
  ['plain', {}],
  ['masked', { 'x-aggregator-privacy': 'mask' }],
])('D56: numbers of a conversation that is %s', (name, more) => {
  it('keep their text to the provider, in its answer, and in the same answer from the cache', async () => {
    const held = name === 'plain' ? args : args.replace('ivan.petrov@example.com', '[EMAIL_1]');
    world.scripted.answer = (_request, response) => {
      const call = { id: 'c2', type: 'function', function: { name: 'f', arguments: held } };
      const message = { role: 'assistant', content: null, tool_calls: [call] };
      const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'a', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
    };
    const body = `{"model":"scripted-model","max_tokens":10,"temperature":0,"messages":${history},"tools":${tools}}`;
    for (const cache of ['miss', 'hit']) {
      const answer = await world.post('/v1/messages', body, {
        'content-type': 'application/json',
        ...(await world.headers()),
        ...more,
      });
      expect(answer.headers.get('x-aggregator-cache')).toBe(cache);
      expect(await answer.text()).toContain(`"input":${args}`);
    }
    expect(world.scripted.lastBody).toContain('"minimum":12345678901234567890');
    expect(world.scripted.lastBody).toContain(JSON.stringify(held));
  });
});
