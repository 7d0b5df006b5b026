import { type ProviderType, providerType, type Rates } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { chunkEvent } from '../testing/scripted-upstream.ts';
import { openStream } from '../testing/sse-client.ts';
import { createPrincipal, startWorld, toSnapshot, type World } from '../testing/start-world.ts';

const contextLength = 200_000;
const rates: Rates = { inputUncached: '3000000', outputText: '15000000', outputReasoning: '20000000' };
const nanoUsdPerInputToken = 3000n;
const nanoUsdPerOutputToken = 20_000n;
const outputTokensUnasked = 8192;
const privacy = { mode: 'mask' as const, kinds: ['email' as const] };

interface Sent {
  readonly body: string;
  readonly heldNanoUsd: bigint;
}

let world: World;
/** What the provider received, with what the organisation held at that moment. */
let sent: Sent[] = [];
let principal = createPrincipal();

beforeAll(async () => {
  world = await startWorld({ balanceNanoUsd: 1_000_000_000_000n });
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
  const model = (id: string) => ({
    ...{ id, operations: ['chat.completions' as const, 'embeddings' as const], contextLength, firstLifeMs: null },
    ...{ maxOutputTokens: null, capabilities: ['prefill' as const], priceVersion: 'sent/1' },
  });
  const common = { baseUrl: world.scripted.url, isAddressTrusted: true, credentialRefs: ['none'] };
  const candidate = (provider: string, priority: number) => ({ provider, model: provider, priority, weight: 1 });
  world.orchestrator.publish({
    ...snapshot,
    providers: [
      ...snapshot.providers,
      ...providerType.options.map((type) => ({
        ...{ ...common, name: nameOf(type), type, options: { folder: 'f' }, concurrencyMax: null },
        models: [model(nameOf(type))],
      })),
    ],
    routes: providerType.options.map((type) => ({
      ...{ name: `to-${nameOf(type)}`, strategy: 'weighted' as const, isSticky: false, resume: 'prefill' as const },
      mayFailOverOnPolicy: false,
      candidates: [candidate(nameOf(type === 'OpenAI' ? 'OpenRouter' : 'OpenAI'), 0), candidate(nameOf(type), 1)],
    })),
    prices: { ...snapshot.prices, 'sent/1': rates },
  });
  await waitFor(() => world.orchestrator.acks.at(-1)?.version === 2, { describe: 'the models' });
});
afterAll(() => world.stop());

const nameOf = (type: ProviderType) => `sent-${type.toLowerCase()}`;

/** The provider notes what came and answers. */
function answerWith(...answers: string[]): void {
  sent = [];
  const left = [...answers];
  world.scripted.answer = async (_request, response) => {
    const body = world.scripted.lastBody;
    const { heldNanoUsd } = await world.admission.readCredit(principal.orgId);
    sent.push({ body, heldNanoUsd });
    const text = left.length > 1 ? (left.shift() ?? '') : (left[0] ?? '');
    const isStream = text.startsWith('data:');
    const status = text === refusal ? 400 : 200;
    response.writeHead(status, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    if (isStream && !text.endsWith('[DONE]\n\n')) response.write(text, () => response.destroy());
    else response.end(text);
  };
}

const refusal = JSON.stringify({
  error: { message: 'No.', type: 'invalid_request_error', status: 'INVALID_ARGUMENT' },
});

const answerBody = z.looseObject({
  output: z.array(z.looseObject({ id: z.string() })).optional(),
  error: z.looseObject({ code: z.string().optional() }).nullish(),
});

async function post(path: string, body: unknown, requestId = createUuidV7()) {
  const response = await world.post(path, body, await world.headers(requestId, principal));
  return { status: response.status, json: answerBody.parse(JSON.parse(await response.text())) };
}

/** An item of an answer that has `size` characters. */
async function makeItem(size: number): Promise<{ type: string; id: string | undefined }> {
  answerWith(answerOf({ content: words(size) }));
  const { json } = await post('/v1/responses', { model: nameOf('OpenAI'), input: 'hi', max_output_tokens: 64 });
  answerWith(refusal);
  return { type: 'item_reference', id: json.output?.at(-1)?.id };
}

/** The price of the bytes that went out, at one token a byte without pictures, and of the output that they ask for. */
function priceOf(body: string, pictures: readonly string[]): bigint {
  const text = pictures.reduce((left, picture) => left.replace(picture, ''), body);
  const input = Math.min(contextLength, Buffer.byteLength(text));
  const asked = JSON.parse(body);
  const config = asked.generationConfig ?? {};
  const limit = asked.max_completion_tokens ?? asked.max_tokens ?? config.maxOutputTokens;
  if (asked.input === undefined) expect(limit).toBeGreaterThan(0);
  const choices = asked.n ?? config.candidateCount ?? 1;
  return BigInt(input) * nanoUsdPerInputToken + BigInt(choices * (limit ?? 0)) * nanoUsdPerOutputToken;
}

function expectCovered(pictures: readonly string[] = [], sentMin = 1): void {
  expect(sent.length).toBeGreaterThanOrEqual(sentMin);
  for (const { body, heldNanoUsd } of sent) expect(heldNanoUsd).toBeGreaterThanOrEqual(priceOf(body, pictures));
}

const answerOf = (message: object) =>
  JSON.stringify({
    ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  });

type Path = (type: ProviderType, size: number) => Promise<void>;
const user = (content: unknown) => ({ role: 'user', content });
const words = (size: number) => 'word '.repeat(Math.ceil(size / 5)).slice(0, size);

/** Each makes a request whose bytes at the provider are more, or others, than those that arrived. */
const paths: Readonly<Record<string, Path>> = {
  async 'references to an item, repeated'(type, size) {
    const reference = await makeItem(size);
    await post('/v1/responses', {
      ...{ model: nameOf(type), max_output_tokens: 16 },
      input: [user('hi'), reference, reference, reference, user('go')],
    });
    expect(sent[0]?.body.length).toBeGreaterThan(3 * size);
    expectCovered();
  },
  async 'reasoning that is restored'(type, size) {
    const call = { id: createUuidV7(), type: 'function', function: { name: 'f', arguments: '{}' } };
    const details = [{ type: 'reasoning.text', text: words(size), signature: 'c2ln', format: 'anthropic-claude-v1' }];
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
    answerWith(answerOf({ content: null, tool_calls: [call], reasoning_details: details }));
    await post('/v1/chat/completions', { model: nameOf('OpenRouter'), messages: [user('a')], tools, max_tokens: 64 });
    answerWith(refusal);
    const called = { role: 'assistant', content: null, tool_calls: [call] };
    const messages = [user('a'), called, { role: 'tool', tool_call_id: call.id, content: 'b' }];
    for (const model of [nameOf('OpenRouter'), nameOf(type)]) {
      await post('/v1/chat/completions', { model, messages, tools, max_tokens: 16 });
    }
    expect(sent[0]?.body.length).toBeGreaterThan(size);
    expectCovered();
  },
  async 'masking that lengthens'(type, size) {
    answerWith(refusal);
    principal = createPrincipal({ privacy });
    const text = Array.from({ length: Math.ceil(size / 8) }, (_none, at) => `${at.toString(36)}@b.io`).join(' ');
    await post('/v1/chat/completions', { model: nameOf(type), messages: [user(text)], max_tokens: 16 });
    expect(sent[0]?.body).not.toContain('@b.io');
    expectCovered();
  },
  async 'a schema for the answer and for tools'(type, size) {
    answerWith(refusal);
    const properties = Object.fromEntries(
      Array.from({ length: Math.ceil(size / 20) }, (_none, at) => [
        `"p${at}"`,
        { type: 'string', description: '\n"x"' },
      ]),
    );
    const schema = { type: 'object', properties, additionalProperties: false };
    const tools = [{ type: 'function', function: { name: 'f', parameters: schema } }];
    const format = { type: 'json_schema', json_schema: { name: 'a', schema } };
    const messages = [user('hi')];
    const body = { model: nameOf(type), messages, max_tokens: 16 };
    await post('/v1/chat/completions', { ...body, tools });
    await post('/v1/chat/completions', { ...body, response_format: format });
    expectCovered();
  },
  async 'letters that arrive as escapes'(type, size) {
    answerWith(refusal);
    const body = JSON.stringify({ model: nameOf(type), messages: [user('привет\u0001'.repeat(size / 7))] });
    await post(
      '/v1/chat/completions',
      body.replace(/[а-я]/g, (letter) => `\\u0${letter.charCodeAt(0).toString(16)}`),
    );
    expectCovered();
  },
  async 'pictures, also twice the same'(type, size) {
    answerWith(refusal);
    const picture = Buffer.alloc(size, `${size}`).toString('base64');
    const url = `data:image/png;base64,${picture}`;
    const image = { type: 'image_url', image_url: { url } };
    const content = [{ type: 'text', text: words(size) }, image, image];
    await post('/v1/chat/completions', { model: nameOf(type), messages: [user(content)], max_tokens: 16 });
    // Some providers read no pictures: their adapters refuse the request.
    expectCovered([picture, picture], 0);
  },
  async 'a resume by prefill'(type, size) {
    answerWith(chunkEvent(words(size)), `${chunkEvent('end', 'stop')}data: [DONE]\n\n`);
    const client = await openStream(
      `${world.url}/v1/chat/completions`,
      await world.headers(createUuidV7(), principal),
      { model: `to-${nameOf(type)}`, messages: [user('hi')], max_tokens: 16, stream: true },
    );
    await client.over();
    expect(sent.length).toBeGreaterThan(1);
    expectCovered();
  },
  async 'no limit of the caller'(type, size) {
    answerWith(refusal);
    await post('/v1/messages', { model: nameOf(type), messages: [user(words(size))], max_tokens: 16 });
    await post('/v1/completions', { model: nameOf(type), prompt: words(size), max_tokens: 16 });
    await post('/v1/chat/completions', { model: nameOf(type), messages: [user(words(size))] });
    expect(sent.at(-1)?.body).toMatch(new RegExp(`"max\\w*okens":${outputTokensUnasked}\\b`));
    expectCovered();
  },
};

describe('what is held when a request reaches its provider', () => {
  it.each(Object.keys(paths))('covers the price of the bytes sent, for every provider, with %s (I2)', async (name) => {
    const path = paths[name];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...providerType.options),
        fc.integer({ min: 700, max: 40_000 }),
        (type, size) => {
          principal = createPrincipal();
          return path?.(type, size) ?? Promise.reject(new Error('no such path'));
        },
      ),
      { numRuns: 16, examples: providerType.options.map((type): [ProviderType, number] => [type, 30_000]) },
    );
  });
});

describe('an item that is referred to twice', () => {
  const ask = (id: string | undefined, more: object = {}) => {
    const reference = { type: 'item_reference', id };
    return { model: nameOf('OpenAI'), max_output_tokens: 16, input: [reference, reference, user('go')], ...more };
  };

  it('is not served on a balance that does not cover it, however many ask at once (I2)', async () => {
    principal = createPrincipal();
    const { id } = await makeItem(100_000);
    const { creditNanoUsd } = await world.admission.readCredit(principal.orgId);
    await world.admission.reclaimCredit({ orgId: principal.orgId, maxNanoUsd: creditNanoUsd });
    const balance = world.billing.balanceNanoUsd;
    world.billing.balanceNanoUsd = 63_996_250n;

    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/v1/responses', ask(id))));

    world.billing.balanceNanoUsd = balance;
    expect(answers.map(({ status, json }) => [status, json.error?.code])).toEqual(
      Array.from({ length: 8 }, () => [429, 'insufficient_quota']),
    );
    expect(sent).toEqual([]);
  });

  it('is charged by what was sent if the client leaves before the first byte (I1)', async () => {
    principal = createPrincipal();
    const { id } = await makeItem(100_000);
    const requestId = createUuidV7();
    const left = new AbortController();
    let sentBytes = 0;
    world.scripted.answer = () => {
      sentBytes = Buffer.byteLength(world.scripted.lastBody);
      left.abort();
    };

    const url = `${world.url}/v1/responses`;
    const headers = { 'content-type': 'application/json', ...(await world.headers(requestId, principal)) };
    const body = JSON.stringify(ask(id, { stream: true }));
    await expect(fetch(url, { method: 'POST', headers, body, signal: left.signal })).rejects.toThrow('abort');

    const { usage, estimated, outcome } = await world.usageOf(requestId);
    expect({ estimated, outcome }).toEqual({ estimated: true, outcome: 'aborted' });
    expect(sentBytes).toBeGreaterThan(200_000);
    expect(usage.inputUncached).toBeGreaterThan(sentBytes / 6);
  });

  it('is refused beyond the size of a request, in the words of the surface', async () => {
    principal = createPrincipal();
    const { id } = await makeItem(200_000);
    const reference = { type: 'item_reference', id };
    const input = [...Array.from({ length: 200 }, () => reference), user('go')];

    const { status, json } = await post('/v1/responses', { model: nameOf('OpenAI'), input });

    expect([status, json.error?.code]).toEqual([413, 'request_too_large']);
    expect(sent).toEqual([]);
  });
});

describe('a resume near the limit of its answer', () => {
  it('is held and charged for what was delivered and for the rest, without a flag on the provider (I2)', async () => {
    principal = createPrincipal();
    const usage = { prompt_tokens: 2000, completion_tokens: 16 };
    const last = `data: ${JSON.stringify({ ...JSON.parse(chunkEvent('').slice(6)), choices: [], usage })}\n\n`;
    answerWith(chunkEvent(words(3000)), `${chunkEvent('end', 'stop')}${last}data: [DONE]\n\n`);
    const requestId = createUuidV7();
    const body = { model: 'to-sent-openrouter', messages: [user('hi')], max_tokens: 16, stream: true };

    const headers = await world.headers(requestId, principal);
    const client = await openStream(`${world.url}/v1/chat/completions`, headers, body);
    await client.over();

    expect(client.events().at(-1)).toBe('[DONE]');
    const { usage: charged, reportedUsage, amountNanoUsd } = await world.usageOf(requestId);
    expect((charged.inputUncached ?? 0) + (charged.outputText ?? 0)).toBe(2016);
    expect(charged.outputText).toBeGreaterThan(500);
    expect(reportedUsage ?? null).toBeNull();
    expect(sent.at(-1)?.heldNanoUsd).toBeGreaterThanOrEqual(BigInt(amountNanoUsd));
  });
});

describe('a resume that the balance does not cover', () => {
  it('is not sent: the client receives an error event, and pays for what it had (I2, I9)', async () => {
    principal = createPrincipal();
    const balance = world.billing.balanceNanoUsd;
    world.billing.balanceNanoUsd = 1_000_000n;
    answerWith(chunkEvent(words(3000)), `${chunkEvent('end', 'stop')}data: [DONE]\n\n`);
    const requestId = createUuidV7();
    const body = { model: 'to-sent-anthropic', messages: [user('hi')], max_tokens: 16, stream: true };

    const client = await openStream(
      `${world.url}/v1/chat/completions`,
      await world.headers(requestId, principal),
      body,
    );
    await client.over();

    world.billing.balanceNanoUsd = balance;
    expect(sent).toHaveLength(1);
    expect(client.said()).toBe(words(3000));
    expect(client.events().at(-1)).toContain('"error"');
    const { amountNanoUsd, estimated } = await world.usageOf(requestId);
    expect(estimated).toBe(true);
    expect(BigInt(amountNanoUsd)).toBeLessThanOrEqual(1_000_000n);
  });
});
