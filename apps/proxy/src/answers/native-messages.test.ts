import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunkEvent, toEvent } from '../testing/scripted-upstream.ts';
import { type NativeWorld, startNativeWorld } from '../testing/start-native-world.ts';

const path = '/v1/messages';
const json = { 'content-type': 'application/json' };
const eventStream = { 'content-type': 'text/event-stream' };
const plain = { 'x-aggregator-additions': 'none' };

let world: NativeWorld;
beforeAll(async () => {
  world = await startNativeWorld(
    [
      { name: 'claude', type: 'Anthropic' },
      { name: 'other', type: 'OpenAICompatible', capabilities: ['prefill'] },
    ],
    { environment: { RETRY_DELAY_MS: '1', MAX_RETRIES: '0' } },
  );
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const usage = '{"input_tokens":10,"output_tokens":5,"server_tool_use":{"a":1},"new_counter":[1.0]}';
const message = `{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"Hi","citations":[{"type":"new","n":1.50}]},{"type":"new_block","x":{"y":12345678901234567890}}],"stop_reason":"pause_turn","stop_sequence":null,"container":{"id":"c"},"usage":${usage}}`;
const request = (model: string, more = '') =>
  `{ "model" : "${model}", "max_tokens":100,\n "messages":[{"role":"user","content":[{"type":"text","text":"Hi \\u00e9"},{"type":"new_part","n":1.0}]}],"metadata":{"user_id":"u_1"},"new_field":{"big":12345678901234567890}${more}}`;

const events = [
  `event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":10,"output_tokens":1}}}\n\n`,
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\\"q\\":1}"}}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  'event: new_event\nid: 7\ndata: {"type":"new_event","n":1.0}\n\n',
  'event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":"","new":true}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello"}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{}}}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":1}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"model_context_window_exceeded","stop_sequence":null},"usage":{"output_tokens":5}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
];

describe('a request of the Messages surface to Anthropic', () => {
  it('goes out as it came but for the model and what speaks to us', async () => {
    const { upstream } = world;
    upstream('claude').answer = (_request, response) => void response.writeHead(200, json).end(message);
    const headers = { ...plain, 'anthropic-beta': 'a-1,b-2', 'anthropic-version': '2023-06-01' };
    const body = request('claude/m', ',"strict":true,"tools":[{"type":"bash_20250124","name":"bash"}]');
    const answer = await world.send(path, body, headers);
    expect(answer.status).toBe(200);
    expect(upstream('claude').lastBody).toBe(body.replace('"claude/m"', '"m"').replace(',"strict":true', ''));
    expect(upstream('claude').lastHeaders).toMatchObject({
      'anthropic-beta': 'a-1,b-2',
      'anthropic-version': '2023-06-01',
    });
    expect(answer.headers.get('x-aggregator-dropped-params')).toBeNull();
  });

  it('is answered as it was given, with our additions only if they are asked for', async () => {
    world.upstream('claude').answer = (_request, response) => void response.writeHead(200, json).end(message);
    const bare = await world.send(path, request('claude/m'), plain);
    expect(bare.text).toBe(message);
    const added = await world.send(path, request('claude/m'));
    const figures = { cost: 0.000105, cost_nano_usd: '105000' };
    const ms: number = JSON.parse(added.text).response_time_ms;
    expect(added.text).toBe(
      `${message.slice(0, -2)},${JSON.stringify(figures).slice(1)},"cost":0.000105,"provider":"claude","response_time_ms":${ms}}`,
    );
    expect(await world.usageOf(added.requestId)).toMatchObject({ usage: { inputUncached: 10, outputText: 5 } });
  });

  it('is streamed as it was given, with our additions in message_delta alone', async () => {
    world.upstream('claude').answer = (_request, response) =>
      void response.writeHead(200, eventStream).end(events.join(''));
    const bare = await world.send(path, request('claude/m', ',"stream":true'), plain);
    expect(bare.text).toBe(events.join(''));
    const added = await world.send(path, request('claude/m', ',"stream":true'));
    const [before = '', after = ''] = added.text.split('event: message_delta\n');
    expect(before).toBe(events.slice(0, -2).join(''));
    expect(JSON.parse(after.split('\n')[0]?.slice(6) ?? '')).toMatchObject({
      delta: { stop_reason: 'model_context_window_exceeded' },
      usage: { output_tokens: 5, cost_nano_usd: '105000' },
      provider: 'claude',
    });
    expect(await world.usageOf(added.requestId)).toMatchObject({
      ...{ outcome: 'completed', estimated: false, usage: { inputUncached: 10, outputText: 5 } },
    });
  });

  it('names what would change the price, and leaves it out', async () => {
    world.upstream('claude').answer = (_request, response) => void response.writeHead(200, json).end(message);
    const body = request('claude/m', ',"speed":"fast","service_tier":"auto"');
    const answer = await world.send(path, body, plain);
    expect(answer.headers.get('x-aggregator-dropped-params')).toBe('speed');
    expect(world.upstream('claude').lastBody).toBe(body.replace('"claude/m"', '"m"').replace('"speed":"fast",', ''));
    const hosted = ',"tools":[{"type":"code_execution_20250825","name":"c"},{"type":"web_fetch_20250910","name":"f"}]';
    const fetching = await world.send(path, request('claude/m', hosted), plain);
    expect(fetching.headers.get('x-aggregator-dropped-params')).toBe('tools.code_execution_20250825');
    expect(JSON.parse(world.upstream('claude').lastBody).tools).toEqual([{ type: 'web_fetch_20250910', name: 'f' }]);
    const file = ',"system":"x"}'.replace('}', '');
    for (const more of [',"inference_geo":"us"', ',"container":"c"', ',"strict":true,"speed":"fast"', file]) {
      const text = request('claude/m', more).replace(
        more === file ? '{"type":"new_part","n":1.0}' : '\u0000',
        '{"type":"container_upload","file_id":"f"}',
      );
      expect((await world.send(path, text)).status).toBe(400);
    }
    await world.waitUntilNothingHeld();
  });
});

describe('the same request to a provider of another dialect', () => {
  it('is refused before anything is held', async () => {
    const answer = await world.send(path, request('other/m'));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: { message: expect.stringContaining("'messages[0].content[1]'") },
    });
    expect(world.upstream('other').requests).toBe(0);
  });

  it('is not made after a failure of the native lane if it would lose something', async () => {
    const answer = await world.send(path, request('all'));
    expect(answer.status).toBe(502);
    expect(world.upstream('other').requests).toBe(0);
    await world.waitUntilNothingHeld();
  });

  it('is made after a failure of the native lane if nothing is lost, and headers are named', async () => {
    world.upstream('other').answer = (_request, response) =>
      void response
        .writeHead(200, json)
        .end(
          '{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}',
        );
    const body = '{"model":"all","max_tokens":10,"messages":[{"role":"user","content":"Hi"}]}';
    const answer = await world.send(path, body, { 'anthropic-beta': 'a-1' });
    expect({ status: answer.status, text: JSON.parse(answer.text) }).toMatchObject({
      status: 200,
      text: { provider: 'other' },
    });
    expect(answer.headers.get('x-aggregator-dropped-params')).toBe('anthropic-beta');
    expect((await world.send(path, body.replace('{', '{"strict":true,'), { 'anthropic-beta': 'a-1' })).status).toBe(
      502,
    );
  });
});

describe('a native stream that breaks', () => {
  const start = events[0] ?? '';
  const thought = [
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}\n\n',
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  ].join('');
  const text = [
    'event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"One two "}}\n\n',
  ].join('');
  const stop = 'event: content_block_stop\ndata: {"type":"content_block_stop","index":1}\n\n';
  const body = '{"model":"all","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"Count"}]}';

  function cut(said: string): void {
    world.upstream('claude').answer = (_request, response) => {
      response.writeHead(200, eventStream).write(said, () => response.destroy());
    };
    world.upstream('other').answer = (_request, response) => {
      const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
      const end = toEvent({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage });
      response.writeHead(200, eventStream).end(`${chunkEvent('three')}${chunkEvent('', 'stop')}${end}data: [DONE]\n\n`);
    };
  }

  it.each([
    ['in a text', start + thought + text],
    ['behind the end of a block', start + thought + text + stop],
  ])('%s is continued by another provider, in the same block', async (_, said) => {
    cut(said);
    const answer = await world.send(path, body);
    const [before, after = ''] = [
      answer.text.slice(0, (start + thought + text).length),
      answer.text.slice((start + thought + text).length),
    ];
    expect(before).toBe(start + thought + text);
    const rest = after
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)));
    expect(rest).toMatchObject([
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'three' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ]);
  });

  it('with something that no other stream can say ends in an error of its dialect', async () => {
    cut(events.slice(0, 8).join(''));
    const answer = await world.send(path, body);
    expect(answer.text.startsWith(events.slice(0, 8).join(''))).toBe(true);
    expect(answer.text.slice(events.slice(0, 8).join('').length)).toMatch(/^event: error\ndata: \{"type":"error",/);
    expect(world.upstream('other').requests).toBe(0);
  });

  it('C-F5: is charged by the usage that came, with its cache', async () => {
    const opening = start.replace(
      '"input_tokens":10',
      '"input_tokens":10,"cache_read_input_tokens":9000,"cache_creation_input_tokens":100',
    );
    world.upstream('claude').answer = (_request, response) => {
      response.writeHead(200, eventStream).write(opening + thought + text, () => response.destroy());
    };
    const answer = await world.send(
      path,
      body.replace('"all"', `"only-claude"`).replace('Count', 'word '.repeat(20_000)),
    );
    expect(answer.text).toMatch(/event: error/);
    const { usage: charged } = await world.usageOf(answer.requestId);
    expect(charged).toMatchObject({ inputUncached: 10, cacheRead: 9000, cacheWrite5m: 100 });
    expect(charged.outputText).toBeLessThan(10);
  });

  it('before anything was delivered begins again at another provider', async () => {
    cut(`${start}event: ping\ndata: {"type": "ping"}\n\n`);
    const answer = await world.send(path, body, plain);
    expect(answer.text.match(/message_start"/g)).toHaveLength(1);
    expect(answer.text).toContain('"text":"three"');
  });

  it('sends what is missing of its end', async () => {
    const whole = events.slice(0, -1).join('');
    world.upstream('claude').answer = (_request, response) => void response.writeHead(200, eventStream).end(whole);
    const answer = await world.send(path, body.replace('"all"', '"only-claude"'), plain);
    expect(answer.text).toBe(events.join(''));
  });

  it('passes a whole answer on as a stream where one was asked for', async () => {
    world.upstream('claude').answer = (_request, response) => void response.writeHead(200, json).end(message);
    const answer = await world.send(path, body.replace('"all"', '"only-claude"'), plain);
    expect(answer.text).toContain('"text":"Hi"');
    expect(answer.text).toMatch(/message_stop"\}\n\n$/);
  });
});
