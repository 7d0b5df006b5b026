import { readdirSync, readFileSync } from 'node:fs';
import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeProvider, parseFixtures } from '../conformance.ts';
import type { ProviderTarget } from '../provider-adapter.ts';
import { cohereAdapter } from './index.ts';

const directory = new URL('./__fixtures__/', import.meta.url);
const texts = readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory), 'utf8')]);

describeProvider(cohereAdapter, parseFixtures(Object.fromEntries(texts)));

const target: ProviderTarget = {
  baseUrl: 'https://api.cohere.com/v2',
  credential: 'k',
  model: 'command-a-03-2025',
  attemptId: 'r/1',
  maxOutputTokens: 1000,
  options: {},
};
const messages = [{ role: 'user', content: 'x' }];

function translate(request: object, changes: Partial<ProviderTarget> = {}) {
  const asked = chatCompletionRequest.parse({ model: 'any', messages, ...request });
  const { body, droppedParams } = cohereAdapter.chat.toRequest(asked, { ...target, ...changes });
  return { ...JSON.parse(body), droppedParams };
}

const thinker = { model: 'command-a-reasoning-08-2025' };

describe('a request to Cohere', () => {
  it.each([
    [{ reasoning_effort: 'none' }, { type: 'disabled' }],
    [{ reasoning: { enabled: false } }, { type: 'disabled' }],
    [{ reasoning: { max_tokens: 0 } }, { type: 'disabled' }],
    [{ reasoning: { max_tokens: 77 } }, { type: 'enabled', token_budget: 77 }],
    [{ reasoning: { enabled: true } }, { type: 'enabled' }],
    [{ reasoning_effort: 'minimal' }, { type: 'enabled', token_budget: 100 }],
    [
      { reasoning: { effort: 'medium' }, max_tokens: 50 },
      { type: 'enabled', token_budget: 25 },
    ],
    [
      { reasoning_effort: 'low', max_tokens: 1 },
      { type: 'enabled', token_budget: 1 },
    ],
    [{ reasoning_effort: 'high' }, { type: 'enabled' }],
    [{ reasoning_effort: 'max' }, { type: 'enabled' }],
    [{ reasoning_effort: 'none', reasoning: { effort: 'high' } }, { type: 'disabled' }],
    [{ reasoning: { enabled: false, effort: 'high' } }, { type: 'enabled' }],
    [{}, undefined],
  ])('of %j thinks as %j', (asked, thinking) => {
    expect(translate(asked, thinker)).toMatchObject({ droppedParams: [] });
    expect(translate(asked, thinker).thinking).toEqual(thinking);
  });

  it('turns thinking on without a budget if the bound is unknown', () => {
    const unbounded = { ...thinker, maxOutputTokens: null };
    expect(translate({ reasoning_effort: 'low' }, unbounded).thinking).toEqual({ type: 'enabled' });
  });

  it.each([
    'command-a-03-2025',
    'command-a-vision-07-2025',
    'command-a-translate-08-2025',
    'command-r7b-12-2024',
    'command-r-plus-08-2024',
    'command-r',
    'command',
    'c4ai-aya-expanse-32b',
  ])('names thinking that is asked of %s, which does not think, and sends none of it', (model) => {
    for (const [name, value] of Object.entries({ reasoning_effort: 'high', reasoning: { max_tokens: 77 } })) {
      const asked = translate({ [name]: value }, { model });
      expect(asked).not.toHaveProperty('thinking');
      expect(asked.droppedParams).toEqual([name]);
    }
    expect(translate({ reasoning_effort: 'none' }, { model })).toEqual(translate({}, { model }));
  });

  it.each(['command-a-plus-05-2026', 'command-b-reasoning', 'our-alias'])(
    'leaves it to the provider whether %s thinks, since its traits are unknown',
    (model) => {
      expect(translate({ reasoning: { enabled: true } }, { model }).thinking).toEqual({ type: 'enabled' });
    },
  );

  it('of an effort that there is not is the caller’s mistake', () => {
    const fault = expect.objectContaining({ code: 'invalid_value', param: 'reasoning_effort' });
    expect(() => translate({ reasoning_effort: 'huge' }, thinker)).toThrow(fault);
  });

  it('forces the tool that is named by sending no other, and cannot force one that is not there', () => {
    const tools = ['a', 'b'].map((name) => ({ type: 'function', function: { name, parameters: {} } }));
    const forced = (name: string) => translate({ tools, tool_choice: { type: 'function', function: { name } } });
    expect(forced('b')).toMatchObject({ tools: [{ function: { name: 'b' } }], tool_choice: 'REQUIRED' });
    expect(() => forced('c')).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param: 'tool_choice' }));
    expect(translate({ tools, tool_choice: 'required' })).toMatchObject({ tools: [{}, {}], tool_choice: 'REQUIRED' });
    expect(translate({ tools })).not.toHaveProperty('strict_tools');
  });

  it('takes as many stop sequences as there are, and no more', () => {
    expect(translate({ stop: 'a' }).stop_sequences).toEqual(['a']);
    const stop = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(() => translate({ stop })).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'stop' }));
  });

  it('keeps sampling within what exists here, and names what does not', () => {
    expect(translate({ top_p: 0, presence_penalty: 1 })).toMatchObject({
      p: 0.01,
      presence_penalty: 1,
      droppedParams: [],
    });
    expect(translate({ frequency_penalty: 1.5 })).toMatchObject({ droppedParams: ['frequency_penalty'] });
    expect(translate({ n: 1, logprobs: false, parallel_tool_calls: false }).droppedParams).toEqual([
      'parallel_tool_calls',
    ]);
  });

  it('names a participant’s name, which has no place here, and refuses a result of no call', () => {
    expect(translate({ messages: [{ role: 'user', content: 'x', name: 'ann' }] }).droppedParams).toEqual([
      'messages.name',
    ]);
    const nameless = [...messages, { role: 'tool', content: 'y' }];
    expect(() => translate({ messages: nameless })).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'messages[1].tool_call_id' }),
    );
    const old = [...messages, { role: 'function', name: 'f', content: 'y' }];
    expect(() => translate({ messages: old })).toThrow(expect.objectContaining({ param: 'messages[1].role' }));
  });

  it('shows the picture of a tool to the model, and refuses one if the model would not see it', () => {
    const image = { type: 'image_url', image_url: { url: 'https://a.example/x.png' } };
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const answered = [...messages, { role: 'assistant', content: null, tool_calls: [call] }];
    const seen = translate({ messages: [...answered, { role: 'tool', tool_call_id: 'c1', content: [image] }] });
    expect(seen.messages.at(-2)).toMatchObject({ role: 'tool', tool_call_id: 'c1' });
    expect(seen.messages.at(-1)).toMatchObject({ role: 'user', content: [{ type: 'text' }, image] });
    for (const role of ['system', 'assistant']) {
      const blind = [...messages, { role, content: [{ type: 'text', text: 'x' }, image] }];
      expect(() => translate({ messages: blind })).toThrow(
        expect.objectContaining({ code: 'unsupported_parameter', param: 'messages[1].content[1]' }),
      );
    }
  });

  it('that only asks whether all is well goes to the first version, where the models are', () => {
    expect(cohereAdapter.probe(target).url).toBe('https://api.cohere.com/v1/models?page_size=1');
  });
});

describe('an answer of Cohere', () => {
  const cited = (source: object, more: object = {}) => ({
    start: 0,
    end: 5,
    text: 'Hello',
    sources: [source],
    ...more,
  });
  const page = { type: 'document', id: 'd', document: { id: 'd', url: 'https://a.example/x', title: 'X' } };
  const annotation = {
    type: 'url_citation',
    url_citation: { start_index: 0, end_index: 5, url: 'https://a.example/x', title: 'X' },
  };

  it('cites what has an address, plain and streamed, and nothing that OpenAI has no word for', () => {
    const citations = [
      cited(page),
      cited({ type: 'document', id: 'e', document: { id: 'e', text: 'own words' } }),
      cited({ type: 'tool', id: 't:0', tool_output: {} }),
      cited(page, { type: 'PLAN' }),
      'junk',
    ];
    const message = { content: [{ type: 'text', text: 'Hello' }], citations };
    const plain = cohereAdapter.chat.fromResponse(JSON.stringify({ id: 'a', finish_reason: 'COMPLETE', message }));
    expect(Object(plain.body).choices[0].message.annotations).toEqual([annotation]);
    const stream = cohereAdapter.chat.createStream({ includeUsage: false });
    const events = citations.map((one) => ({ type: 'citation-start', delta: { message: { citations: one } } }));
    const sent = events.flatMap((event) => stream.push(JSON.stringify(event))).map((text) => JSON.parse(text));
    expect(sent.flatMap((chunk) => chunk.choices[0].delta.annotations ?? [])).toEqual([annotation]);
  });

  it('has the name and the time that it is given, since Cohere reports neither, and one id', () => {
    const stream = cohereAdapter.chat.createStream({ includeUsage: true, createdAt: 7, model: 'command-a' });
    const events = [
      { type: 'message-start', id: 'x' },
      { type: 'content-delta', delta: { message: { content: { text: 'a' } } } },
      { type: 'message-end', id: 'x', delta: { finish_reason: 'COMPLETE' } },
    ];
    const sent = events.flatMap((event) => stream.push(JSON.stringify(event)));
    const head = { id: 'x', object: 'chat.completion.chunk', created: 7, model: 'command-a' };
    for (const text of sent) expect(JSON.parse(text)).toMatchObject(head);
    expect(stream.end()).toEqual({ ...head, choices: [], usage: null });
  });

  it('A-F5, A-F6: reports a stop sequence and what was read from the cache, plain and streamed', () => {
    const usage = { billed_units: { input_tokens: 1300, output_tokens: 50 }, cached_tokens: 300 };
    const end = { finish_reason: 'STOP_SEQUENCE', usage };
    const message = { content: [{ type: 'text', text: 'a' }] };
    const { body } = cohereAdapter.chat.fromResponse(JSON.stringify({ ...end, message }));
    const stream = cohereAdapter.chat.createStream({ includeUsage: true });
    const chunks = stream.push(JSON.stringify({ type: 'message-end', delta: end })).map((text) => JSON.parse(text));
    const choice = { finish_reason: 'stop', native_finish_reason: 'stop_sequence' };
    const expectedUsage = { prompt_tokens: 1300, prompt_tokens_details: { cached_tokens: 300 } };

    expect(body).toMatchObject({ choices: [choice], usage: expectedUsage });
    expect(chunks.at(-1)).toMatchObject({ choices: [choice] });
    expect(stream.end()).toMatchObject({ usage: expectedUsage });
  });

  it('is not whole at an end without a reason, and stays whole after any later event', () => {
    const stream = cohereAdapter.chat.createStream({ includeUsage: false });
    stream.push('{"type":"message-end","delta":{}}');
    expect(stream.isComplete).toBe(false);
    stream.push('{"type":"message-end","delta":{"finish_reason":"MAX_TOKENS"}}');
    expect(stream.push('{"message":"late"}')).toEqual([]);
    expect(stream).toMatchObject({ isComplete: true, isEnded: true, error: null });
    expect(stream.end()).toMatchObject({ choices: [{ finish_reason: 'length' }] });
  });

  it.each([
    [
      { billed_units: { input_tokens: 3, output_tokens: 4 }, tokens: { input_tokens: 90, output_tokens: 9 } },
      { inputUncached: 3, outputText: 4 },
    ],
    [{ billed_units: { input_tokens: 0, output_tokens: 0 } }, { inputUncached: 0, outputText: 0 }],
    [{ tokens: { input_tokens: 90, output_tokens: 9 } }, { inputUncached: 90, outputText: 9 }],
    [
      { billed_units: { input_tokens: 1300, output_tokens: 50 }, cached_tokens: 300 },
      { inputUncached: 1000, cacheRead: 300, outputText: 50 },
    ],
    [
      { billed_units: { input_tokens: 3, output_tokens: 4 }, cached_tokens: 9 },
      { inputUncached: 0, cacheRead: 3, outputText: 4 },
    ],
    [{ billed_units: { input_tokens: -1 } }, null],
    [{ cached_tokens: 5 }, null],
    [undefined, null],
  ])('with usage %j is charged %j', (usage, counters) => {
    const message = { content: [{ type: 'text', text: 'a' }] };
    const answer = JSON.stringify({ finish_reason: 'COMPLETE', message, usage });
    expect(cohereAdapter.chat.fromResponse(answer).usage).toEqual(counters);
  });

  it.each([
    [429, 'You are using a Trial key, which is limited to 1000 API calls / month.', 'upstream_misconfigured', false],
    [429, 'You are using a Trial key, which is limited to 40 API calls / minute.', 'rate_limit_exceeded', true],
    [499, 'request cancelled by user', 'upstream_error', true],
    [501, 'not implemented', 'upstream_misconfigured', false],
    [504, 'gateway timeout', 'upstream_error', true],
  ])('of status %s, %s, is %s', (status, message, code, isRetryable) => {
    expect(cohereAdapter.classifyError(status, {}, JSON.stringify({ message }))).toMatchObject({ code, isRetryable });
  });
});

describe('embeddings of Cohere', () => {
  const read = (embeddings: object, request: object) =>
    cohereAdapter.embeddings?.fromResponse(JSON.stringify({ id: 'e', embeddings }), {
      model: 'm',
      input: ['a', 'b'],
      ...request,
    });

  it('are asked for as documents, or as what the caller says', () => {
    const translation = cohereAdapter.embeddings;
    const sent = (request: object) =>
      JSON.parse(translation?.toRequest({ model: 'any', input: 'a', ...request }, target).body ?? '');
    expect(sent({})).toMatchObject({ texts: ['a'], input_type: 'search_document', embedding_types: ['float'] });
    expect(sent({ input_type: 'search_query' })).toMatchObject({ input_type: 'search_query' });
    expect(() => sent({ input: [1, 2] })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'input' }),
    );
    expect(translation?.inputsMax).toBe(96);
  });

  it('are a list as OpenAI has it, of unknown usage if none is reported', () => {
    expect(read({ float: [[0.5], [1]] }, { encoding_format: 'base64' })).toEqual({
      body: {
        object: 'list',
        data: [
          { object: 'embedding', index: 0, embedding: 'AAAAPw==' },
          { object: 'embedding', index: 1, embedding: 'AACAPw==' },
        ],
      },
      usage: null,
    });
  });

  it.each([[{ float: [[1]] }], [{ float: [[1], 'x'] }], [{ float: [[1], {}] }], [{}]])(
    'are none in %j',
    (embeddings) => {
      expect(() => read(embeddings, {})).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
    },
  );
});

describe('a call of Cohere without arguments (D58)', () => {
  const called = { id: 'c1', type: 'function', function: { name: 'now', arguments: '' } };

  it.each([[true], [false]])('has {} as a stream, with an end event of the call: %s', (hasEnd) => {
    const stream = cohereAdapter.chat.createStream({ includeUsage: false });
    const events = [
      { type: 'message-start', id: 'm', delta: { message: { role: 'assistant' } } },
      { type: 'tool-call-start', index: 0, delta: { message: { tool_calls: called } } },
      ...(hasEnd ? [{ type: 'tool-call-end', index: 0 }] : []),
      { type: 'message-end', delta: { finish_reason: 'TOOL_CALL' } },
    ];
    const chunks = events.flatMap((event) => stream.push(JSON.stringify(event))).map((text) => JSON.parse(text));
    const calls = chunks.flatMap(({ choices }) => choices[0].delta.tool_calls ?? []);
    expect(calls.map((one: { function: { arguments: string } }) => one.function.arguments)).toEqual(['', '{}']);
    expect(stream.end()).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
  });

  it('has {} as a plain answer', () => {
    const body = JSON.stringify({
      id: 'a',
      finish_reason: 'TOOL_CALL',
      message: { role: 'assistant', tool_calls: [called] },
    });
    expect(Object(cohereAdapter.chat.fromResponse(body).body).choices[0].message.tool_calls[0].function.arguments).toBe(
      '{}',
    );
  });
});
