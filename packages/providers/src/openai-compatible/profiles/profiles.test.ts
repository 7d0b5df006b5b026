import { readFileSync } from 'node:fs';
import { chatCompletionRequest, compatibilityProfile } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { adapterFor } from '../../registry.ts';
import { builtInProfiles } from './built-in.ts';
import { profileNameOf } from './resolve-profile.ts';

const baseUrl = 'http://10.0.0.5:8000/v1';
const requestId = '0198c0de-0000-7000-8000-0000000000ff';

const adapterOf = (profile: object | string = {}, url = baseUrl) =>
  adapterFor('OpenAICompatible', {
    baseUrl: url,
    options: { profile: typeof profile === 'string' ? profile : JSON.stringify(profile) },
  });
const targetOf = (url = baseUrl) => ({
  ...{ baseUrl: url, credential: 'secret', model: 'm', maxOutputTokens: null, options: {} },
  attemptId: `${requestId}/2`,
});
const translate = (request: object, profile: object | string = {}, url = baseUrl) => {
  const asked = chatCompletionRequest.parse({ model: 'any', messages: [{ role: 'user', content: 'x' }], ...request });
  const { body, ...rest } = adapterOf(profile, url).chat.toRequest(asked, targetOf(url));
  return { ...rest, sent: JSON.parse(body) };
};

const extensions = {
  min_p: 0.1,
  repetition_penalty: 1.1,
  chat_template_kwargs: { enable_thinking: false },
  enable_thinking: false,
  thinking: { type: 'disabled' },
  guided_json: { type: 'object' },
};

describe('the fields that a profile lets pass (D28)', () => {
  it('pass to an unknown server, if servers of this kind know them', () => {
    const { sent, droppedParams } = translate({ ...extensions, top_k: 20 });
    expect(sent).toMatchObject({ ...extensions, top_k: 20 });
    expect(droppedParams).toEqual([]);
  });

  it('pass if no table names them, unless they change the price', () => {
    expect(
      translate({ novel: 1, n_predict: 9, search_parameters: {}, best_of: 2, max_output_tokens: 9 }),
    ).toMatchObject({
      ...{ sent: { novel: 1 }, droppedParams: ['n_predict', 'search_parameters', 'best_of', 'max_output_tokens'] },
    });
    expect(translate({ n_predict: 9, best_of: 2 }, { extraFields: ['n_predict', 'best_of'] })).toMatchObject({
      ...{ sent: { n_predict: 9 }, droppedParams: ['best_of'] },
    });
  });

  it.each(['Model', 'MODEL', 'max_tokenſ', 'Max_Tokens', 'maxTokens', 'N', 'Service_Tier', 'Api_Base', 'apiBase'])(
    'are dropped if a server may read them as a known one: %s',
    (name) => {
      const { sent, droppedParams } = translate({ [name]: 'x', novelField: 1, Novel: 2 });
      expect(Object.keys(sent)).not.toContain(name);
      expect(sent).toMatchObject({ novelField: 1, Novel: 2 });
      // Names in other scripts are written to no header and to no profile.
      if (!/^\w+$/.test(name)) return;
      expect(droppedParams).toEqual([name]);
      expect(translate({ [name]: 'x' }, { extraFields: [name] }).sent).toHaveProperty(name, 'x');
    },
  );

  it.each(['kv_transfer_params', 'bootstrap_host', 'preset', 'callbacks', 'langfuse_host', 'lora_path'])(
    'are dropped if they steer what is behind the server: %s',
    (name) => expect(translate({ [name]: 'x' })).toMatchObject({ droppedParams: [name] }),
  );

  it('pass by name beside those of the profile, or all with *, if unknown fields are dropped', () => {
    const drop = { unknownFields: 'drop' };
    expect(translate({ novel: 1, other: 2 }, drop).droppedParams).toEqual(['novel', 'other']);
    const named = translate({ novel: 1, other: 2, min_p: 0.1 }, { ...drop, extraFields: ['novel'] });
    expect(named).toMatchObject({ sent: { novel: 1, min_p: 0.1 }, droppedParams: ['other'] });
    const all = translate(
      { novel: 1, other: 2, logit_bias: { 1: 2 }, service_tier: 'flex' },
      { ...drop, extraFields: ['*'] },
    );
    expect(all).toMatchObject({ sent: { novel: 1, other: 2 }, droppedParams: ['service_tier'] });
  });

  it('are dropped and named where the vendor rejects them', () => {
    const { sent, droppedParams } = translate({ logit_bias: { 1: 2 }, min_p: 0.1 }, { omittedFields: ['logit_bias'] });
    expect(sent).not.toHaveProperty('logit_bias');
    expect(droppedParams).toEqual(['logit_bias']);
  });

  it('pass for embeddings, too', () => {
    const asked = { model: 'any', input: 'x', truncate_prompt_tokens: 5 };
    const send = (profile: object) => adapterOf(profile).embeddings?.toRequest(asked, targetOf());
    expect(send({ unknownFields: 'drop' })?.droppedParams).toEqual(['truncate_prompt_tokens']);
    expect(send({})?.droppedParams).toEqual([]);
    expect(
      JSON.parse(send({ unknownFields: 'drop', extraFields: ['truncate_prompt_tokens'] })?.body ?? ''),
    ).toHaveProperty('truncate_prompt_tokens', 5);
  });
});

describe('a field that the gateway adds (D57)', () => {
  it('is left out where the server rejects stream_options', () => {
    expect(translate({ stream: true }).sent.stream_options).toEqual({ include_usage: true });
    const { sent, droppedParams } = translate({ stream: true, stream_options: { include_usage: true } }, 'databricks');
    expect(sent).not.toHaveProperty('stream_options');
    expect(droppedParams).toEqual([]);
  });

  it('is left out for a host that is known to reject it', () => {
    const url = 'https://dbc-1.cloud.databricks.com/serving-endpoints';
    expect(translate({ stream: true }, {}, url).sent).not.toHaveProperty('stream_options');
  });
});

describe('the id of an attempt (C-S1)', () => {
  it('is a UUID in x-request-id, another for each attempt, that begins as the id of the request does', () => {
    const { endpoint } = translate({});
    expect(endpoint.headers['x-request-id']).toBe(`${requestId.slice(0, -2)}02`);
    expect(endpoint.headers['x-client-request-id']).toBe(`${requestId}/2`);
  });

  it('of a probe is a UUID', () => {
    const { headers } = adapterOf().probe({ ...targetOf(), attemptId: `probe/${requestId}` });
    expect(headers['x-request-id']).toBe(requestId);
  });

  it('is sent under the names that the profile has, or not at all', () => {
    expect(translate({}, { requestIdHeaders: ['x-trace'] }).endpoint.headers).toEqual({
      'content-type': 'application/json',
      authorization: 'Bearer secret',
      'x-trace': `${requestId.slice(0, -2)}02`,
    });
    expect(Object.keys(translate({}, { requestIdHeaders: [] }).endpoint.headers)).toEqual([
      'content-type',
      'authorization',
    ]);
  });
});

describe('the address that a profile describes', () => {
  const azure = { credentialHeader: 'api-key', query: { 'api-version': '2024-10-21' }, headers: { 'x-team': 'a b' } };

  it('has its header for the key, its own headers and its query', () => {
    const { endpoint } = translate({}, azure);
    expect(endpoint.url).toBe(`${baseUrl}/chat/completions?api-version=2024-10-21`);
    expect(endpoint.headers).toMatchObject({ 'api-key': 'secret', 'x-team': 'a b' });
    expect(endpoint.headers).not.toHaveProperty('authorization');
  });

  it('is that of the probe, too, at the path of the profile', () => {
    const { url, headers } = adapterOf({ ...azure, probePath: '/health' }).probe(targetOf());
    expect(url).toBe(`${baseUrl}/health?api-version=2024-10-21`);
    expect(headers).toMatchObject({ 'api-key': 'secret' });
  });
});

describe('thoughts that return to the server (D48, D23, C-F4)', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{}' } };
  const answerOf = (message: object) => ({ role: 'assistant', content: null, tool_calls: [call], ...message });
  const returned = (message: object, profile: object | string) => {
    const messages = [
      { role: 'user', content: 'x' },
      answerOf(message),
      { role: 'tool', tool_call_id: 'c1', content: '5' },
    ];
    return translate({ messages }, profile).sent.messages[1];
  };

  it.each([
    ['deepseek', { reasoning_content: 'why' }],
    ['moonshot', { reasoning_content: 'why' }],
    ['sglang', { reasoning_content: 'why' }],
    ['vllm', { reasoning: 'why' }],
    ['groq', { reasoning: 'why' }],
    ['cerebras', { reasoning: 'why' }],
    ['default', { reasoning: 'why', reasoning_content: 'why' }],
    [{ reasoningField: 'none' }, {}],
  ])('go to %j as %j, under any name of the client', (profile, expected) => {
    for (const said of [
      { reasoning_content: 'why' },
      { reasoning: 'why' },
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'wh', index: 0 },
          { type: 'reasoning.text', text: 'y', index: 1 },
        ],
      },
    ]) {
      expect(returned(said, profile)).toEqual(answerOf(expected));
    }
  });

  it('are not made of what only another vendor can read', () => {
    const details = [
      { type: 'reasoning.encrypted', data: 'opaque', format: 'openai-responses-v1' },
      { type: 'reasoning.summary', summary: 'why', format: 'openai-responses-v1' },
      { type: 'reasoning.text', text: 'why', signature: 'c2ln', format: 'anthropic-claude-v1' },
    ];
    for (const profile of ['deepseek', 'default']) {
      expect(returned({ reasoning_details: details }, profile)).toEqual(answerOf({}));
    }
  });
});

describe('system messages (D49)', () => {
  const messages = [
    { role: 'system', content: 'a' },
    { role: 'developer', content: [{ type: 'text', text: 'b' }] },
    { role: 'user', content: 'x' },
    { role: 'system', content: 'c' },
  ];

  it('become one, which is the first', () => {
    expect(translate({ messages }).sent.messages).toEqual([
      { role: 'system', content: 'a\n\nb\n\nc' },
      { role: 'user', content: 'x' },
    ]);
  });

  it('stay as they are where there is one and it is the first, or where the server takes them anywhere', () => {
    const one = messages.slice(0, 1).concat(messages.slice(2, 3));
    expect(translate({ messages: one }).sent.messages).toEqual(one);
    const any = translate({ messages }, { systemMessages: 'any', developerRole: true });
    expect(any.sent.messages).toEqual(messages);
  });
});

describe('the content of a message', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'list', arguments: '{}' } };
  const messages = [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'y' },
  ];

  it('is an empty text instead of null where the server rejects null', () => {
    const sentTo = (settings: object) => translate({ messages }, settings).sent.messages;
    expect(sentTo({})[1].content).toBeNull();
    expect(sentTo({ nullContent: false })).toEqual([messages[0], { ...messages[1], content: '' }, messages[2]]);
  });
});

describe('the schema of an answer', () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } };
  const asked = { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } };
  const sentAs = (response_format: object, settings: object) =>
    translate({ response_format }, settings).sent.response_format;

  it('is part of the format json_object where the server knows that one alone', () => {
    expect(sentAs(asked, {})).toEqual(asked);
    expect(sentAs(asked, { answerSchema: 'json_object' })).toEqual({ type: 'json_object', schema });
    expect(sentAs({ type: 'json_object' }, { answerSchema: 'json_object' })).toEqual({ type: 'json_object' });
    expect(translate({}, { answerSchema: 'json_object' }).sent).not.toHaveProperty('response_format');
  });
});

describe('tools', () => {
  it('have properties in their schema (D24), and no strict where the server rejects it', () => {
    const tool = { type: 'function', function: { name: 'list', strict: true, parameters: { type: 'object' } } };
    expect(translate({ tools: [tool] }).sent.tools[0].function).toEqual({
      name: 'list',
      strict: true,
      parameters: { type: 'object', properties: {} },
    });
    expect(translate({ tools: [tool] }, { strictTools: false }).sent.tools[0].function).not.toHaveProperty('strict');
  });

  it('lose the keywords of their schema that the server rejects, at any depth, but no property of that name', () => {
    const parameters = {
      $schema: 'x',
      type: 'object',
      properties: { $schema: { type: 'string' }, a: { type: 'array', items: { $schema: 'y', type: 'string' } } },
    };
    const sent = translate(
      { tools: [{ type: 'function', function: { name: 'f', parameters } }] },
      { omittedSchemaKeywords: ['$schema'] },
    );
    expect(sent.sent.tools[0].function.parameters).toEqual({
      type: 'object',
      properties: { $schema: { type: 'string' }, a: { type: 'array', items: { type: 'string' } } },
    });
  });
});

describe('a prompt that is too long (D22)', () => {
  const given = (status: number, body: object | string) =>
    adapterOf().classifyError(
      status,
      {},
      typeof body === 'string' ? JSON.stringify({ error: { message: body } }) : JSON.stringify(body),
    );

  it.each([
    [
      400,
      {
        error: {
          message: 'the request exceeds the available context size, try increasing it',
          type: 'exceed_context_size_error',
        },
      },
    ],
    [400, { error: { message: 'x', type: 'exceed_context_size_error', code: 400 } }],
    [400, 'request (144055 tokens) exceeds the available context size (131072 tokens), try increasing it'],
    [400, { error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens." }],
    [400, 'Invalid request: Your request exceeded model token limit: 262144'],
    [400, { error: { code: '1261', message: 'Prompt exceeds max length' } }],
    [400, '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]'],
    [
      422,
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`',
    ],
    [400, 'Input length 131393 exceeds the maximum allowed input length of 131040 tokens.'],
    [400, 'Prompt has 256468 tokens, but the configured context size is 256000 tokens'],
    [413, 'prompt is too long: 200000 tokens > 131072 maximum'],
    [500, 'the request exceeds the available context size, try increasing it'],
  ])('is known by status %s and %j', (status, body) => {
    expect(given(status, body)).toMatchObject({
      code: 'context_length_exceeded',
      isRetryable: false,
      mayFailOver: true,
    });
    const inStream = adapterOf().chat.createStream({ includeUsage: false });
    inStream.push(JSON.stringify(typeof body === 'string' ? { error: { message: body, code: status } } : body));
    expect(inStream.error).toMatchObject({ code: 'context_length_exceeded' });
  });

  it('is known by the words of the profile', () => {
    const body = JSON.stringify({ error: { message: 'Zu viele Wörter', code: 'E77-LONG' } });
    expect(adapterOf().classifyError(400, {}, body).code).toBe('upstream_rejected');
    expect(adapterOf({ contextErrors: ['e77-long'] }).classifyError(400, {}, body).code).toBe(
      'context_length_exceeded',
    );
  });
});

describe('a mistake of the client under a status of 500 (C-S3)', () => {
  it.each([
    ['image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'],
    ['input is too large to process. increase the physical batch size'],
    ["[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required'}]"],
  ])('is a rejection with its reason: %s', (message) => {
    const body = JSON.stringify({ error: { code: 500, message, type: 'server_error' } });
    expect(adapterOf().classifyError(500, {}, body)).toMatchObject({
      code: 'upstream_rejected',
      isRetryable: false,
      publicMessage: message,
    });
  });

  it('is known by the words of the profile, and nothing else is', () => {
    const body = JSON.stringify({ error: { message: 'grammar does not parse' } });
    expect(adapterOf().classifyError(500, {}, body).code).toBe('upstream_error');
    expect(adapterOf({ clientErrors: ['grammar does not'] }).classifyError(500, {}, body).code).toBe(
      'upstream_rejected',
    );
  });
});

describe('stop', () => {
  it('that is empty asks for nothing (D38)', () => {
    expect(translate({ stop: [] }, { omittedFields: ['stop'] }).droppedParams).toEqual([]);
  });

  it('with more sequences than the server takes is rejected by name', () => {
    const stop = ['a', 'b', 'c'];
    expect(translate({ stop }, { stopsMax: 3 }).sent.stop).toEqual(stop);
    expect(() => translate({ stop }, { stopsMax: 2 })).toThrow('invalid_value');
  });
});

describe('the built-in profiles', () => {
  const documented = readFileSync(new URL('../../../../../docs/compatible-servers.md', import.meta.url), 'utf8');

  it.each(Object.entries(builtInProfiles))(
    '%s has sources, settings that are allowed, and a row in the docs',
    (name, { hosts, settings, sources }) => {
      expect(sources.length).toBeGreaterThan(0);
      for (const { url, read } of sources) {
        expect(URL.canParse(url)).toBe(true);
        expect(read).toMatch(/^\d{4}-\d{2}$/);
      }
      expect(compatibilityProfile.parse({ name, ...settings })).toEqual({ name, ...settings });
      const row = documented.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
      for (const host of hosts) expect(row).toContain(`\`${host}\``);
      expect(row).not.toBe('');
    },
  );

  it.each([
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://us-east-1.api.x.ai/v1', 'xai'],
    ['https://api.groq.com.evil.example/v1', 'default'],
    ['https://evilopenai.azure.com/v1', 'default'],
    ['http://localhost:8000/v1', 'default'],
    ['not a url', 'default'],
  ])('are chosen by the host of %s: %s', (url, name) => {
    expect(profileNameOf(url)).toBe(name);
  });
});
