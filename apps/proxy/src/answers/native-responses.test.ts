import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunkEvent, toEvent } from '../testing/scripted-upstream.ts';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const path = '/v1/responses';
const json = { 'content-type': 'application/json' };
const eventStream = { 'content-type': 'text/event-stream' };
const plain = { 'x-aggregator-additions': 'none' };

const profileText = JSON.stringify({ name: 'vllm', responsesApi: true, query: { v: '1' }, headers: { 'x-team': 'a' } });

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld(
    [
      { name: 'gpt', type: 'OpenAI', options: { api: 'responses' } },
      { name: 'other', type: 'OpenAICompatible', capabilities: ['prefill'] },
      { name: 'chat', type: 'OpenAI', options: { api: 'chat-completions' } },
      { name: 'vllm', type: 'OpenAICompatible', options: { profile: profileText } },
    ],
    { environment: { RETRY_DELAY_MS: '1', MAX_RETRIES: '0' } },
  );
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const usage = '{"input_tokens":10,"output_tokens":5,"total_tokens":15,"new":1.0}';
const output =
  '[{"type":"new_item","id":"n_1","x":12345678901234567890},{"type":"message","id":"msg_abcdef","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[{"type":"new"}]}]}]';
const response = (status: string, items = output, figures = usage) =>
  `{"id":"resp_1","object":"response","created_at":1,"model":"gpt-x","status":"${status}","output":${items},"usage":${figures},"store":false}`;
const request = (model: string, more = '') =>
  `{ "model" : "${model}", "store":false,\n"input":[{"role":"user","content":"Hi"},{"type":"new_item","n":1.0}],"tools":[{"type":"namespace","name":"a","tools":[{"type":"function","name":"b","parameters":{"n":1.50}}]},{"type":"local_shell"}],"new_field":{"big":12345678901234567890}${more}}`;
const event = (type: string, number: number, fields: string) =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${number}${fields}}\n\n`;
const begin = [
  event('response.created', 0, `,"response":${response('in_progress', '[]', 'null')}`),
  event('response.in_progress', 1, `,"response":${response('in_progress', '[]', 'null')}`),
];
const message = [
  event(
    'response.output_item.added',
    2,
    ',"output_index":0,"item":{"type":"message","id":"msg_abcdef","role":"assistant","content":[]}',
  ),
  event(
    'response.content_part.added',
    3,
    ',"output_index":0,"item_id":"msg_abcdef","content_index":0,"part":{"type":"output_text","text":""}',
  ),
  event(
    'response.output_text.delta',
    4,
    ',"output_index":0,"item_id":"msg_abcdef","content_index":0,"delta":"One two ","obfuscation":"x"',
  ),
];
const done = [
  event('response.output_text.done', 5, ',"output_index":0,"item_id":"msg_abcdef","content_index":0,"text":"One two "'),
  event(
    'response.content_part.done',
    6,
    ',"output_index":0,"item_id":"msg_abcdef","content_index":0,"part":{"type":"output_text","text":"One two "}',
  ),
];

describe('a request of the Responses surface to OpenAI', () => {
  it('leaves out what another surface calls the number and the length of answers, and names it', async () => {
    world.upstream('vllm').answer = (_request, answer) => void answer.writeHead(200, json).end(response('completed'));
    const more = { n: 9, best_of: 9, max_tokens: 90_000, web_search_options: {}, metadata: { cost: '0' } };
    const answer = await world.send(
      path,
      JSON.stringify({ model: 'vllm/m', store: false, input: 'a', ...more }),
      plain,
    );
    expect(JSON.parse(world.upstream('vllm').lastBody)).toEqual({ model: 'm', store: false, input: 'a', metadata: {} });
    expect(answer.headers.get('x-aggregator-dropped-params')?.split(', ').sort()).toEqual([
      'best_of',
      'max_tokens',
      'metadata.cost',
      'n',
      'web_search_options',
    ]);
  });

  it('goes out as it came, and its answer comes as it was given', async () => {
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, json).end(response('completed'));
    const body = request('gpt/m');
    const answer = await world.send(path, body, { ...plain, 'openai-beta': 'x=v1' });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: response('completed') });
    expect(world.upstream('gpt').lastBody).toBe(body.replace('"gpt/m"', '"m"'));
    expect(world.upstream('gpt').lastHeaders).toMatchObject({ 'openai-beta': 'x=v1' });
    expect(await world.usageOf(answer.requestId)).toMatchObject({ usage: { inputUncached: 10, outputText: 5 } });
  });

  it('is streamed as it was given, with our additions in the last event alone', async () => {
    const events = [
      ...begin,
      event('response.new_event', 2, ',"x":1.0'),
      event('response.completed', 3, `,"response":${response('completed')}`),
    ];
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, eventStream).end(events.join(''));
    const bare = await world.send(path, request('gpt/m', ',"stream":true'), plain);
    expect(bare.text).toBe(events.join(''));
    const added = await world.send(path, request('gpt/m', ',"stream":true'));
    expect(added.text.startsWith(events.slice(0, -1).join(''))).toBe(true);
    const last = JSON.parse(added.text.trimEnd().split('\n').at(-1)?.slice(6) ?? '');
    expect(last.response).toMatchObject({ provider: 'gpt', usage: { new: 1, cost_nano_usd: '105000' } });
  });

  it('stores nothing, asks for what the next turn needs, and refuses state of others', async () => {
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, json).end(response('completed'));
    const body = request('gpt/m').replace('"store":false', '"store":true');
    const answer = await world.send(path, body, plain);
    expect(world.upstream('gpt').lastBody).toBe(
      `${body.replace('"gpt/m"', '"m"').replace('"store":true', '"store":false').slice(0, -1)},"include":["reasoning.encrypted_content"]}`,
    );
    expect(answer.headers.get('x-aggregator-dropped-params')).toBeNull();
    // `background` needs a response that is stored.
    for (const more of [',"prompt":{"id":"p"}', ',"background":true']) {
      expect((await world.send(path, request('gpt/m', more))).status).toBe(400);
    }
    for (const more of [',"conversation":"conv_1"', ',"previous_response_id":"resp_2"']) {
      expect((await world.send(path, request('gpt/m', more))).status).toBe(404);
    }
    const file = request('gpt/m').replace('"content":"Hi"', '"content":[{"type":"input_file","file_id":"file-1"}]');
    expect((await world.send(path, file)).status).toBe(400);
    expect(world.upstream('gpt').requests).toBe(1);
  });

  it('refers to the items of an earlier answer by the ids that the client has', async () => {
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, json).end(response('completed'));
    await world.send(path, '{"model":"gpt/m","input":"Hi"}');
    const next =
      '{"model":"gpt/m","input":[{"type":"item_reference","id":"msg_abcdef"},{"role":"user","content":"Go"}]}';
    expect((await world.send(path, next)).status).toBe(200);
    expect(JSON.parse(world.upstream('gpt').lastBody).input[0]).toEqual(JSON.parse(output)[1]);
  });

  it('is stored here under the id that the client has, and continued', async () => {
    const id = `resp_${'5'.repeat(48)}`;
    const whole = response('completed').replace('resp_1', id);
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, json).end(whole);
    const first = await world.send(path, '{"model":"gpt/m","input":"Hi"}');
    expect(JSON.parse(first.text)).toMatchObject({ id, store: true });
    const next = `{"model":"gpt/m","input":"Go","previous_response_id":"${id}"}`;
    await waitFor(async () => (await world.send(path, next)).status === 200, { describe: 'the stored response' });
    const sent = JSON.parse(world.upstream('gpt').lastBody);
    expect(sent).not.toHaveProperty('previous_response_id');
    expect(sent.input.map(({ type, id: own }: Record<string, unknown>) => [type, own])).toEqual([
      ['message', undefined],
      ['new_item', 'n_1'],
      ['message', 'msg_abcdef'],
      ['message', undefined],
    ]);
    expect((await fetch(`${world.url}${path}/${id}`, { headers: await world.headers() })).status).toBe(200);
  });

  it.each([false, true])('repeats the request of the client, streamed: %s', async (stream) => {
    const ids = ['6', '7'].map((digit) => `resp_${digit.repeat(48)}`);
    const answerAs = (id = '') => {
      const whole = (status: string, ...rest: [string?, string?]) =>
        response(status, ...rest)
          .replace('resp_1', id)
          .replace('"store":false', '"store":false,"previous_response_id":null');
      const events = [
        event('response.created', 0, `,"response":${whole('in_progress', '[]', 'null')}`),
        event('response.in_progress', 1, `,"response":${whole('in_progress', '[]', 'null')}`),
        event('response.new_event', 2, ',"response":{"store":1}'),
        event('response.completed', 3, `,"response":${whole('completed')}`),
      ];
      world.upstream('gpt').answer = (_request, answer) => {
        if (stream) answer.writeHead(200, eventStream).end(events.join(''));
        else answer.writeHead(200, json).end(whole('completed'));
      };
    };
    const ask = async (more: object) => {
      const answer = await world.send(path, JSON.stringify({ model: 'gpt/m', input: 'Hi', stream, ...more }), plain);
      const lines = answer.text.split('\n').filter((line) => line.startsWith('data: '));
      const received: unknown[] = stream
        ? lines.map((line) => JSON.parse(line.slice(6)).response)
        : [JSON.parse(answer.text)];
      return received;
    };
    answerAs(ids[0]);
    const [first] = await ask({});
    expect(first).toMatchObject({ id: ids[0], store: true, previous_response_id: null });
    answerAs(ids[1]);
    const answers = await ask({ previous_response_id: ids[0] });
    const repeated = { id: ids[1], store: true, previous_response_id: ids[0] };
    expect(answers).toMatchObject(stream ? [repeated, repeated, { store: 1 }, repeated] : [repeated]);
    const stored = await fetch(`${world.url}${path}/${ids[1]}`, { headers: await world.headers() });
    expect(await stored.json()).toEqual(answers.at(-1));
    answerAs(ids[0]);
    for (const one of await ask({ store: false, previous_response_id: ids[0] })) {
      if (JSON.stringify(one) !== '{"store":1}')
        expect(one).toMatchObject({ store: false, previous_response_id: ids[0] });
    }
  });

  it('is made in the background under the id that the client was given first', async () => {
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, json).end(response('completed'));
    const first = await world.send(path, '{"model":"gpt/m","input":"Hi","background":true}', plain);
    const { id, status } = JSON.parse(first.text);
    expect(status).toBe('queued');
    const read = async () => await fetch(`${world.url}${path}/${id}`, { headers: await world.headers() });
    const stored = async (): Promise<Record<string, unknown>> => JSON.parse(await (await read()).text());
    await waitFor(async () => (await stored()).status === 'completed', { describe: 'the response' });
    expect(await stored()).toMatchObject({ id, background: true, store: true, output: JSON.parse(output) });
    expect(JSON.parse(world.upstream('gpt').lastBody)).toMatchObject({ model: 'm', store: false });
    expect(world.upstream('gpt').lastBody).not.toContain('background');
  });

  it('leaves out a tool that has no price, and names it', async () => {
    world.upstream('gpt').answer = (_request, answer) => void answer.writeHead(200, json).end(response('completed'));
    const body = request('gpt/m').replace('{"type":"local_shell"}', '{"type":"file_search","x":1.0}');
    const answer = await world.send(path, body, plain);
    expect(answer.headers.get('x-aggregator-dropped-params')).toBe('tools.file_search');
    expect(JSON.parse(world.upstream('gpt').lastBody).tools).toHaveLength(1);
    expect((await world.send(path, body.replace('{', '{"strict":true,'))).status).toBe(400);
  });

  it('goes out as it came to a compatible server whose profile has the API', async () => {
    world.upstream('vllm').answer = (_request, answer) => void answer.writeHead(200, json).end(response('completed'));
    const body = request('vllm/m');
    const answer = await world.send(path, body, plain);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: response('completed') });
    expect(world.upstream('vllm').lastBody).toBe(body.replace('"vllm/m"', '"m"'));
    expect(world.upstream('vllm').lastHeaders).toMatchObject({ 'x-team': 'a' });
    expect(await world.usageOf(answer.requestId)).toMatchObject({ usage: { inputUncached: 10, outputText: 5 } });

    const searching = body
      .replace('{"type":"local_shell"}', '{"type":"web_search"}')
      .replace('"store":false', '"store":true');
    const cut = await world.send(path, searching, plain);
    expect(cut.headers.get('x-aggregator-dropped-params')).toBe('tools.web_search');
    const sent = JSON.parse(world.upstream('vllm').lastBody);
    expect(sent).toMatchObject({ store: false, tools: [{ type: 'namespace' }] });
    expect(sent).not.toHaveProperty('include');
  });

  it('is translated for a server that has chat completions alone', async () => {
    const chat =
      '{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}';
    world.upstream('chat').answer = (_request, answer) => void answer.writeHead(200, json).end(chat);
    expect((await world.send(path, '{"model":"chat/m","input":"Hi"}')).status).toBe(200);
    expect(JSON.parse(world.upstream('chat').lastBody)).toMatchObject({ messages: [{ content: 'Hi' }] });
  });
});

describe('GET /v1/capabilities', () => {
  it('names the lane of each model', async () => {
    const answer = await fetch(`${world.url}/v1/capabilities`, { headers: await world.headers() });
    const list: { data: { provider: string; models: unknown }[] } = JSON.parse(await answer.text());
    const received = Object.fromEntries(list.data.map(({ provider, models }) => [provider, models]));
    expect(received).toMatchObject({
      gpt: [{ id: 'm', native: ['responses'] }],
      other: [{ id: 'm', native: [] }],
      chat: [{ id: 'm', native: [] }],
      vllm: [{ id: 'm', native: ['responses'] }],
    });
  });
});

describe('a native response that breaks', () => {
  const body = '{"model":"all","store":false,"max_output_tokens":50,"stream":true,"input":"Count"}';

  it.each([
    ['in a text', [...begin, ...message]],
    ['behind the end of a text', [...begin, ...message, ...done]],
  ])('%s is continued by another provider under its ids and numbers', async (_, events) => {
    world.upstream('gpt').answer = (_request, answer) =>
      void answer.writeHead(200, eventStream).write(events.join(''), () => answer.destroy());
    world.upstream('other').answer = (_request, answer) => {
      const figures = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
      const end = toEvent({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [],
        usage: figures,
      });
      answer.writeHead(200, eventStream).end(`${chunkEvent('three')}${chunkEvent('', 'stop')}${end}data: [DONE]\n\n`);
    };
    const answer = await world.send(path, body);
    const before = [...begin, ...message].join('');
    expect(answer.text.slice(0, before.length)).toBe(before);
    const rest = answer.text
      .slice(before.length)
      .split('\n')
      .filter((line) => line.startsWith('data: '));
    const received = rest.map((line) => JSON.parse(line.slice(6)));
    expect(received.map(({ sequence_number: number }) => number)).toEqual([5, 6, 7, 8, 9]);
    expect(received[0]).toMatchObject({ type: 'response.output_text.delta', item_id: 'msg_abcdef', delta: 'three' });
    expect(received.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { id: 'resp_1', output: [{ id: 'msg_abcdef', content: [{ text: 'One two three' }] }] },
    });
  });

  it('with an item that no other stream can say ends in the error events of its dialect', async () => {
    const events = [
      ...begin,
      event('response.output_item.added', 2, ',"output_index":0,"item":{"type":"web_search_call","id":"ws_1"}'),
      event('response.output_item.done', 3, ',"output_index":0,"item":{"type":"web_search_call","id":"ws_1"}'),
      event('response.output_item.added', 4, ',"output_index":1,"item":{"type":"message","id":"msg_2","content":[]}'),
      event('response.output_text.delta', 5, ',"output_index":1,"item_id":"msg_2","content_index":0,"delta":"One"'),
    ];
    world.upstream('gpt').answer = (_request, answer) =>
      void answer.writeHead(200, eventStream).write(events.join(''), () => answer.destroy());
    const answer = await world.send(path, body);
    expect(answer.text.startsWith(events.join(''))).toBe(true);
    expect(answer.text.slice(events.join('').length)).toMatch(/^event: response.failed\ndata: .*\n\nevent: error\n/);
    expect(world.upstream('other').requests).toBe(0);
  });
});
