import { type ChatMessage, chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { geminiAdapter } from './index.ts';

const target = {
  baseUrl: 'https://a.example/v1beta',
  credential: null,
  model: 'gemini-3.8-flash',
  attemptId: 'r/1',
  maxOutputTokens: 1000,
  options: {},
};
const messages = [{ role: 'user', content: 'x' }];
const tools = [{ type: 'function', function: { name: 'a' } }];
const call = (id: string, args = '{}') => ({ id, type: 'function', function: { name: 'a', arguments: args } });
const signed = (data: string, id?: string) => ({
  type: 'reasoning.encrypted',
  format: 'google-gemini-v1',
  data,
  ...(id && { id }),
});

function translate(request: object, model = target.model) {
  const parsed = chatCompletionRequest.parse({ model: 'any', messages, ...request });
  const { endpoint, body, droppedParams } = geminiAdapter.chat.toRequest(parsed, { ...target, model });
  return { endpoint, body: JSON.parse(body), droppedParams };
}

const contentsOf = (...conversation: object[]) => translate({ messages: conversation }).body.contents;
const refusalOf = (request: object, model?: string) => {
  try {
    return translate(request, model);
  } catch (error) {
    return error;
  }
};

describe('a request to Gemini', () => {
  it('goes to the method that answers as it is asked to, of the model by its resource name', () => {
    expect(translate({}).endpoint.url).toBe('https://a.example/v1beta/models/gemini-3.8-flash:generateContent');
    expect(translate({ stream: true }, 'tunedModels/a b').endpoint.url).toBe(
      'https://a.example/v1beta/tunedModels/a%20b:streamGenerateContent?alt=sse',
    );
  });

  it('asks for no more tokens than the model makes, under either name', () => {
    expect(translate({ max_tokens: 5000 }).body.generationConfig).toEqual({ maxOutputTokens: 1000 });
    expect(translate({ max_tokens: 1, max_completion_tokens: 9 }).body.generationConfig).toEqual({
      maxOutputTokens: 9,
    });
  });

  it.each([
    ['none', 'NONE', undefined],
    ['required', 'ANY', undefined],
    [{ type: 'function', function: { name: 'a' } }, 'ANY', ['a']],
    [{ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: tools } }, 'ANY', ['a']],
    [{ type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: tools } }, 'VALIDATED', ['a']],
  ])('with tool_choice %j has the mode %s', (tool_choice, mode, allowedFunctionNames) => {
    expect(translate({ tools, tool_choice }).body.toolConfig).toEqual({
      functionCallingConfig: { mode, ...(allowedFunctionNames && { allowedFunctionNames }) },
    });
  });

  it('says nothing of a choice that is the model’s anyhow, nor of more than one call at a time', () => {
    expect(translate({ tools, tool_choice: 'auto', parallel_tool_calls: true })).toMatchObject({
      body: { tools: [{ functionDeclarations: [{ name: 'a' }] }] },
      droppedParams: [],
    });
    expect(translate({ tools, tool_choice: 'auto' }).body).not.toHaveProperty('toolConfig');
  });

  it('asks for JSON without a schema, and for images beside text', () => {
    expect(translate({ response_format: { type: 'json_object' } }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
    });
    expect(translate({ response_format: { type: 'text' }, modalities: ['text'] }).body).not.toHaveProperty(
      'generationConfig',
    );
    expect(translate({ modalities: ['text', 'image'] }).body.generationConfig).toEqual({
      responseModalities: ['TEXT', 'IMAGE'],
    });
  });

  it('says whether the exchange may be kept', () => {
    expect(translate({ store: false }).body.store).toBe(false);
  });

  it.each([
    [{ n: 2 }, 'unsupported_parameter', 'n'],
    [{ modalities: ['text', 'audio'] }, 'unsupported_parameter', 'modalities'],
    [{ stop: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'invalid_value', 'stop'],
    [{ top_logprobs: 2 }, 'invalid_value', 'top_logprobs'],
    [{ tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
    [{ tools, tool_choice: { type: 'custom' } }, 'unsupported_parameter', 'tool_choice'],
    [{ tools: [{ type: 'function' }] }, 'invalid_value', 'tools[0].function'],
    [{ reasoning_effort: 'huge' }, 'invalid_value', 'reasoning_effort'],
    [{ response_format: { type: 'grammar' } }, 'unsupported_parameter', 'response_format'],
    [{ response_format: { type: 'json_schema' } }, 'invalid_value', 'response_format.json_schema'],
    [{ messages: [{ role: 'user', content: '' }] }, 'invalid_value', 'messages'],
    [{ messages: [{ role: 'function', name: 'a', content: '' }] }, 'unsupported_parameter', 'messages[0].role'],
  ])('of %j is refused as %s of %s', (request, code, param) => {
    expect(refusalOf(request)).toMatchObject({ code, param });
  });
});

describe('a conversation with Gemini', () => {
  it('of instructions alone is said by the user, since an empty one is no prompt', () => {
    expect(translate({ messages: [{ role: 'system', content: 'Sing.' }] }).body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Sing.' }] }],
    });
  });

  it('keeps what the model said in several messages in one content, so that a call follows the user', () => {
    const said = [
      { role: 'assistant', content: 'Let me see.' },
      { role: 'assistant', tool_calls: [call('1')] },
    ];
    expect(contentsOf(...messages, ...said)).toMatchObject([
      { role: 'user' },
      { role: 'model', parts: [{ text: 'Let me see.' }, { functionCall: { id: '1' } }] },
    ]);
  });

  it('gives each signature back where it stood', () => {
    const answer = {
      role: 'assistant',
      content: 'Here.',
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
      reasoning_details: [signed('dGV4dA=='), signed('aW1hZ2U=', 'image_0')],
    };
    expect(contentsOf(...messages, answer, ...messages)[1].parts).toEqual([
      { text: 'Here.', thoughtSignature: 'dGV4dA==' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' }, thoughtSignature: 'aW1hZ2U=' },
    ]);
    const called = {
      role: 'assistant',
      tool_calls: [call('1'), call('2')],
      reasoning_details: [signed('Y2FsbA==', '1')],
    };
    expect(contentsOf(...messages, called)[1].parts.map((part: object) => Object.keys(part))).toEqual([
      ['functionCall', 'thoughtSignature'],
      ['functionCall'],
    ]);
  });

  it('marks calls of another model as unsigned in the turn that continues, and there alone', () => {
    const foreign = (id: string) => [
      { role: 'assistant', tool_calls: [call(id), call(`${id}b`)] },
      { role: 'tool', tool_call_id: id, content: '1' },
      { role: 'tool', tool_call_id: `${id}b`, content: '2' },
    ];
    const signatures = (model: string) =>
      translate({ messages: [...messages, ...foreign('1'), ...messages, ...foreign('2'), ...foreign('3')] }, model)
        .body.contents.filter((content: { role: string }) => content.role === 'model')
        .map((content: { parts: { thoughtSignature?: string }[] }) =>
          content.parts.map((part) => part.thoughtSignature),
        );
    const skip = 'skip_thought_signature_validator';
    expect(signatures('gemini-4-argon')).toEqual([
      [undefined, undefined],
      [skip, undefined],
      [skip, undefined],
    ]);
    expect(signatures('gemini-2.5-pro').flat()).toEqual(new Array(6).fill(undefined));
  });

  it('gives the results of calls as they are, with pictures where the model takes them', () => {
    const answered = (content: ChatMessage['content']) => ({
      messages: [
        ...messages,
        { role: 'assistant', tool_calls: [call('1', '')] },
        { role: 'tool', tool_call_id: '1', content },
      ],
    });
    const resultOf = (content: ChatMessage['content']) =>
      translate(answered(content)).body.contents[2].parts[0].functionResponse;
    expect(resultOf('{"big": 12345678901234567890}').response).toEqual({ output: '{"big": 12345678901234567890}' });
    const picture = { type: 'image_url', image_url: { url: 'data:image/JPG;base64,AAAA' } };
    expect(resultOf([{ type: 'text', text: 'See' }, picture])).toEqual({
      id: '1',
      name: 'a',
      response: { output: 'See' },
      parts: [{ inlineData: { mimeType: 'image/jpeg', data: 'AAAA' } }],
    });
    const param = 'messages[2].content[0]';
    expect(refusalOf(answered([picture]), 'gemini-2.5-pro')).toMatchObject({ code: 'unsupported_parameter', param });
  });

  it('gives results in the order of their calls, whichever was done first', () => {
    const done = ['2', '1'].map((id) => ({ role: 'tool', tool_call_id: id, content: id }));
    const [, , results] = contentsOf(...messages, { role: 'assistant', tool_calls: [call('1'), call('2')] }, ...done);
    expect(results.parts.map((part: { functionResponse: { id: string } }) => part.functionResponse.id)).toEqual([
      '1',
      '2',
    ]);
  });

  it.each([
    [{ role: 'tool', tool_call_id: '9', content: '' }, 'invalid_value', 'messages[1].tool_call_id'],
    [{ role: 'tool', content: '' }, 'invalid_value', 'messages[1].tool_call_id'],
    [
      { role: 'assistant', tool_calls: [call('1', '[]')] },
      'invalid_value',
      'messages[1].tool_calls[0].function.arguments',
    ],
    [{ role: 'assistant', tool_calls: [call('')] }, 'invalid_value', 'messages[1].tool_calls[0].id'],
    [
      { role: 'assistant', content: [{ type: 'image_url', image_url: { url: 'data:' } }] },
      'unsupported_parameter',
      'messages[1].content[0]',
    ],
    [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://a.example/a.png' } }] },
      'invalid_image_url',
      'messages[1].content[0].image_url.url',
    ],
    [{ role: 'user', content: [{ type: 'image_url' }] }, 'invalid_value', 'messages[1].content[0].image_url'],
    [
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'midi' } }] },
      'invalid_value',
      'messages[1].content[0].input_audio.format',
    ],
    [
      { role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] },
      'unsupported_parameter',
      'messages[1].content[0].file',
    ],
    [
      { role: 'user', content: [{ type: 'file', file: { file_data: 'AAAA' } }] },
      'invalid_value',
      'messages[1].content[0].file.file_data',
    ],
    [{ role: 'user', content: [{ type: 'text', text: 7 }] }, 'invalid_value', 'messages[1].content[0].text'],
  ])('with %j is refused as %s of %s', (message, code, param) => {
    expect(refusalOf({ messages: [...messages, message] })).toMatchObject({ code, param });
  });

  it('takes a file by its name or by its address, but no address where the model takes none', () => {
    const file = (value: object) => ({ messages: [{ role: 'user', content: [{ type: 'file', file: value }] }] });
    expect(translate(file({ filename: 'A.PDF', file_data: 'JVBE' })).body.contents[0].parts).toEqual([
      { inlineData: { mimeType: 'application/pdf', data: 'JVBE' } },
    ]);
    const addressed = file({ file_data: 'https://a.example/b.pdf?sig=1.x' });
    expect(translate(addressed).body.contents[0].parts).toEqual([
      { fileData: { mimeType: 'application/pdf', fileUri: 'https://a.example/b.pdf?sig=1.x' } },
    ]);
    expect(refusalOf(addressed, 'gemini-2.0-flash')).toMatchObject({
      code: 'unsupported_parameter',
      publicMessage: 'This model takes no addresses of files. Send the file itself, as a data URL in base64.',
    });
  });
});

describe('the tokens of a conversation', () => {
  it('are counted of all that would be sent', () => {
    const request = chatCompletionRequest.parse({ model: 'any', messages, tools, max_tokens: 5 });
    const counted = geminiAdapter.tokenCount?.toRequest(request, target);
    expect(counted?.endpoint.url).toBe('https://a.example/v1beta/models/gemini-3.8-flash:countTokens');
    expect(JSON.parse(counted?.body ?? '')).toEqual({
      generateContentRequest: { model: 'models/gemini-3.8-flash', ...translate({ tools, max_tokens: 5 }).body },
    });
    expect(geminiAdapter.tokenCount?.fromResponse('{"totalTokens":31}')).toBe(31);
    expect(() => geminiAdapter.tokenCount?.fromResponse('{}')).toThrow('upstream_invalid_response');
  });
});
