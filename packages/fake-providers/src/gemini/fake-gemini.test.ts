import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { createFakeGemini } from './index.ts';

const open: FakeProviderServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start() {
  const fake = createFakeGemini();
  const server = await startFakeProvider(fake.listener);
  open.push(server);
  const post = async (path: string, body: unknown, headers: object = { 'x-goog-api-key': 'AIza-fake' }) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${server.url}/v1beta/models/${path}`, init);
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return { fake, post, url: server.url };
}

const user = (text: string) => ({ role: 'user', parts: [{ text }] });
const call = (more: object = {}) => ({ functionCall: { name: 'f', args: {} }, ...more });
const result = (more: object = {}) => ({
  role: 'user',
  parts: [{ functionResponse: { name: 'f', response: {}, ...more } }],
});
const model = (...parts: object[]) => ({ role: 'model', parts });
const skip = 'skip_thought_signature_validator';
const tools = [{ functionDeclarations: [{ name: 'f' }] }];
const config = (generationConfig: object) => ({ contents: [user('a')], generationConfig });

describe('the fake of Gemini', () => {
  it.each([
    [{}, /contents/],
    [{ contents: [] }, /contents is not specified/],
    [{ contents: [user('a')], model: 'm' }, /Unknown name "model" at ''/],
    [{ contents: [user('')] }, /must not be empty/],
    [{ contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] }, /contents.0.role/],
    [
      { contents: [{ role: 'user', parts: [{ text: 'a', inlineData: { mimeType: 'image/png', data: '' } }] }] },
      /oneof field 'data'/,
    ],
    [{ contents: [{ role: 'user', parts: [{ fileData: { fileUri: 'ftp://a.example/a' } }] }] }, /Cannot fetch/],
    [config({ max_tokens: 1 }), /Unknown name "max_tokens" at 'generationConfig'/],
    [config({ temperature: 3 }), /generation_config.temperature/],
    [config({ candidateCount: 2 }), /Multiple candidates/],
    [config({ presencePenalty: 1 }), /Penalty is not enabled/],
    [config({ stopSequences: ['1', '2', '3', '4', '5', '6'] }), /stop_sequences/],
    [config({ logprobs: 2 }), /response_logprobs/],
    [config({ responseJsonSchema: {} }), /application\/json/],
    [config({ responseModalities: ['IMAGE'] }), /response modalities/],
    [config({ thinkingConfig: { thinkingBudget: 5 } }), /Thinking budget is not supported/],
    [config({ thinkingConfig: { thinkingLevel: 'MINIMAL' } }), /MINIMAL is not supported/],
    [config({ thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 5 } }), /only one of/],
    [
      { contents: [user('a')], toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
      /without function_declarations/,
    ],
    [
      {
        contents: [user('a')],
        tools,
        toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['f'] } },
      },
      /ANY or VALIDATED/,
    ],
    [
      {
        contents: [user('a')],
        tools,
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['g'] } },
      },
      /not declared/,
    ],
    [{ contents: [user('a'), model(call()), result()], tools }, /missing a thought_signature/],
    [{ contents: [user('a'), model(call({ thoughtSignature: 'x' })), result()], tools }, /Corrupted/],
    [{ contents: [user('a'), model(call())], tools }, /must be answered/],
    [{ contents: [user('a'), model(call()), user('b')], tools }, /number of function response parts/],
    [{ contents: [user('a'), result()], tools }, /immediately after a function call turn/],
    [{ contents: [user('a'), model({ text: 'b' }), model(call()), result()], tools }, /immediately after a user turn/],
    [
      { contents: [user('a'), model(call({ thoughtSignature: skip })), result({ name: 'g' })], tools },
      /does not match/,
    ],
  ])('refuses %j as the vendor does', async (body, message) => {
    const { post, fake } = await start();
    const answer = await post('gemini-4-argon:generateContent', body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT' } } });
    expect(answer.body.error.message).toMatch(message);
    expect(fake.ledger.records).toMatchObject([{ state: 'refused', usage: { prompt: 0, candidates: 0 } }]);
  });

  it('takes calls without signatures from a model that never gave any, and from a turn that is over', async () => {
    const { post } = await start();
    const contents = [user('a'), model(call()), result()];
    expect((await post('gemini-2.5-pro:generateContent', { contents, tools })).status).toBe(200);
    const over = [...contents, model({ text: 'b' }), user('c')];
    expect((await post('gemini-4-argon:generateContent', { contents: over, tools })).status).toBe(200);
  });

  it('reports a missing key, a wrong one, an unknown model and a method that a model has not', async () => {
    const { post } = await start();
    const body = { contents: [user('a')] };
    expect(await post('gemini-4-argon:generateContent', body, {})).toMatchObject({ status: 403 });
    const wrong = await post('gemini-4-argon:generateContent', body, { 'x-goog-api-key': 'AIza-other' });
    expect(wrong).toMatchObject({ status: 400, body: { error: { details: [{ reason: 'API_KEY_INVALID' }] } } });
    expect(await post('gemini-9:generateContent', body)).toMatchObject({ status: 404 });
    expect(await post('gemini-embedding-001:generateContent', body)).toMatchObject({ status: 404 });
  });

  it('streams a list if no events are asked for, also of an error', async () => {
    const { post } = await start();
    const { body } = await post('gemini-2.5-pro:streamGenerateContent', { contents: [user('Hello there')] });
    expect(body.length).toBeGreaterThan(1);
    expect(body.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }], responseId: 'fake1' });
    expect((await post('gemini-2.5-pro:streamGenerateContent', {})).body).toMatchObject([{ error: { code: 400 } }]);
  });

  it('counts what it streams until it is left', async () => {
    const { fake, url } = await start();
    const leaving = new AbortController();
    const response = await fetch(`${url}/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse`, {
      method: 'POST',
      headers: { 'x-goog-api-key': 'AIza-fake', 'x-client-request-id': 'r/9' },
      body: JSON.stringify({ contents: [user('#words=90000')] }),
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    while (fake.ledger.find('r/9')[0]?.state === 'open') await new Promise(setImmediate);
    const [record] = fake.ledger.find('r/9');
    expect(record?.state).toBe('aborted');
    expect(record?.usage.candidates).toBeLessThan(90_000);
  });

  it('refuses a batch that is too large, or of another model', async () => {
    const { post } = await start();
    const one = { model: 'models/gemini-embedding-001', content: { parts: [{ text: 'a' }] } };
    const batch = (requests: object[]) => post('gemini-embedding-001:batchEmbedContents', { requests });
    expect((await batch([one])).body.embeddings[0].values).toHaveLength(3072);
    expect((await batch(Array.from({ length: 101 }, () => one))).body.error.message).toMatch(/at most 100/);
    expect((await batch([{ ...one, model: 'models/other' }])).status).toBe(400);
  });
});
