import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toResponsesRequest } from './request.ts';

const target = {
  baseUrl: 'https://a.example/v1',
  credential: null,
  model: 'gpt-5.6',
  attemptId: 'r/1',
  maxOutputTokens: null,
  options: {},
};
const messages = [{ role: 'user', content: 'x' }];

function translate(request: object, model = target.model) {
  const { body, droppedParams } = toResponsesRequest(
    chatCompletionRequest.parse({ model: 'any', messages, ...request }),
    { ...target, model },
  );
  return { body: JSON.parse(body), droppedParams };
}

describe('a chat as a request of OpenAI’s Responses API', () => {
  it('goes to its own address and is stored only if the client asks for it', () => {
    const request = chatCompletionRequest.parse({ model: 'any', messages });
    expect(toResponsesRequest(request, target).endpoint.url).toBe('https://a.example/v1/responses');
    expect(translate({}).body.store).toBe(false);
    expect(translate({ store: true }).body.store).toBe(true);
  });

  it('gives back reasoning where it stood between the calls of its turn, and none that others made', () => {
    const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
    const detail = (index: number) => ({
      ...{ type: 'reasoning.encrypted', data: `g${index}`, format: 'openai-responses-v1', index },
    });
    const foreign = { type: 'reasoning.encrypted', data: 'x', format: 'google-gemini-v1', index: 0 };
    const turn = {
      role: 'assistant',
      content: null,
      tool_calls: [call('a'), call('b')],
      reasoning_details: [detail(2), foreign, detail(0), { type: 'reasoning.summary', summary: 'alone' }],
    };
    const { body } = translate({
      messages: [...messages, turn, { role: 'tool', tool_call_id: 'a', content: '1' }],
    });
    expect(body.input.slice(1)).toEqual([
      { type: 'reasoning', summary: [], encrypted_content: 'g0' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'reasoning', summary: [], encrypted_content: 'g2' },
      { type: 'function_call', call_id: 'b', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: '1' },
    ]);
  });

  it('calls and answers a custom tool in its own items, with its grammar flat', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' };
    const { body } = translate({
      messages: [
        ...messages,
        { role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'patch', input: '***' } }] },
        { role: 'tool', tool_call_id: 'a', content: 'ok' },
      ],
      tools: [{ type: 'custom', custom: { name: 'patch', format: { type: 'grammar', grammar } } }],
      tool_choice: { type: 'custom', custom: { name: 'patch' } },
    });
    expect(body).toMatchObject({
      tools: [{ type: 'custom', name: 'patch', format: { type: 'grammar', ...grammar } }],
      tool_choice: { type: 'custom', name: 'patch' },
    });
    expect(body.input.slice(1)).toEqual([
      { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '***' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' },
    ]);
  });

  it('makes no function strict that the client has not made so, since this API does', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const parameters = { type: 'object', properties: {} };
    expect(translate({ tools }).body.tools).toEqual([{ type: 'function', name: 'f', parameters, strict: false }]);
    const bare = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    expect(translate({ tools: bare }).body.tools).toEqual([{ type: 'function', name: 'f', parameters, strict: false }]);
  });

  it('allows some of the tools', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const choice = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools } };
    expect(translate({ tools, tool_choice: choice }).body.tool_choice).toEqual({
      type: 'allowed_tools',
      mode: 'auto',
      tools: [{ type: 'function', name: 'f' }],
    });
  });

  it('leaves out a choice of tools, and calls in parallel, where there are none', () => {
    const { body } = translate({ tool_choice: 'auto', tools: [], parallel_tool_calls: true });
    expect([body.tools, body.tool_choice, body.parallel_tool_calls]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    [{ reasoning_effort: 'high' }, { effort: 'high' }],
    [{ reasoning_effort: 'max' }, { effort: 'max' }],
    [{ reasoning: { enabled: true } }, { effort: 'medium', summary: 'auto' }],
    [{ reasoning: { effort: 'low', summary: 'detailed' } }, { effort: 'low', summary: 'detailed' }],
    [{ reasoning: { effort: 'low', summary: 'auto', exclude: true } }, { effort: 'low' }],
    [{ reasoning: { enabled: false } }, { effort: 'none' }],
    [{}, undefined],
  ])('asks for reasoning as %j does: %j', (asked, sent) => {
    expect(translate(asked).body.reasoning).toEqual(sent);
  });

  it('asks for no reasoning of a model that has none', () => {
    expect(translate({ reasoning_effort: 'high' }, 'gpt-4o')).toMatchObject({ droppedParams: ['reasoning_effort'] });
    expect(translate({ reasoning: { enabled: true } }, 'gpt-4o').body).not.toHaveProperty('include');
  });

  it('sends no bound below the least that OpenAI takes', () => {
    expect(translate({ max_tokens: 1 }).body.max_output_tokens).toBe(16);
    expect(translate({ max_tokens: 17 }).body.max_output_tokens).toBe(17);
  });

  it('asks for probabilities', () => {
    expect(translate({ logprobs: true, top_logprobs: 2 }, 'gpt-4o').body).toMatchObject({
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
    });
  });

  it('streams, and obfuscates as the client wishes', () => {
    const options = { include_usage: true, include_obfuscation: false };
    expect(translate({ stream: true, stream_options: options }).body).toMatchObject({
      stream: true,
      stream_options: { include_obfuscation: false },
    });
    expect(translate({ stream: true, stream_options: { include_usage: true } }).body).not.toHaveProperty(
      'stream_options',
    );
  });

  it.each([
    [{ n: 2 }, 'n'],
    [{ stop: 'END' }, 'stop'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0]'],
    [{ messages: [{ role: 'function', name: 'f', content: 'x' }] }, 'messages[0].role'],
  ])('refuses %j, without which the answer is another', (asked, param) => {
    expect(() => translate(asked)).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });
});

describe('sampling of a model that reasons (D17)', () => {
  it.each(['gpt-5-mini', 'gpt-5.6', 'o3'])('is not sent to %s, and named', (model) => {
    const { body, droppedParams } = translate({ temperature: 0, top_p: 0.9 }, model);
    expect([body.temperature, body.top_p, droppedParams]).toEqual([undefined, undefined, ['temperature', 'top_p']]);
  });

  it('is not named if it asks for what happens anyhow', () => {
    expect(translate({ temperature: 1, top_p: 1 })).toMatchObject({ droppedParams: [] });
  });

  it('is sent where the model does not reason', () => {
    expect(translate({ temperature: 0, reasoning_effort: 'none' }).body.temperature).toBe(0);
  });
});
