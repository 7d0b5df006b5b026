import { isErrorCode } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { ProviderAdapter, ProviderTarget } from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { nameForVendor } from '../vendor-names/name-for-vendor.ts';
import { describeFields } from './describe-fields.ts';
import { type ChatFixture, chatScenarios, errorScenarios, type ProviderFixtures } from './fixtures.ts';
import { chunksOf, joinChunks, readPlainAnswer, readStream, toEventStream } from './read-answer.ts';

const target: ProviderTarget = {
  baseUrl: 'https://provider.example/v1',
  credential: 'secret-credential',
  model: 'model-of-the-provider',
  maxOutputTokens: 4096,
  options: { folder: 'folder-of-the-account' },
  attemptId: '0198c0de-0000-7000-8000-000000000001/1',
};

/** The target that makes a request the one that a fixture expects. */
function targetOf(fixture: Pick<ChatFixture, 'upstreamRequest' | 'upstreamModel'>): ProviderTarget {
  return { ...target, model: fixture.upstreamModel ?? String(fixture.upstreamRequest.model) };
}

/** What every provider's adapter guarantees, written once and fed by that provider's own fixtures. */
export function describeProvider(adapter: ProviderAdapter, fixtures: ProviderFixtures): void {
  const chats = Object.entries(fixtures.chat);

  describe(`${adapter.type}: the fixtures`, () => {
    it('cover every scenario, or say why the provider lacks it', () => {
      const present = [...Object.keys(fixtures.chat), ...Object.keys(fixtures.errors.cases)];
      const declared = Object.keys(fixtures.lacks.scenarios);
      expect([...present, ...declared].sort()).toEqual([...chatScenarios, ...errorScenarios].sort());
    });
  });

  describe.each(chats)(`${adapter.type}: a chat with %s`, (_, fixture) => describeChat(adapter, fixture, fixtures));
  describeFields(adapter);
  describe(`${adapter.type}: a request`, () => describeRequest(adapter, fixtures));
  describe(`${adapter.type}: a failure`, () => describeErrors(adapter, fixtures));
  const text = fixtures.chat.text;
  if (text !== undefined) {
    describe(`${adapter.type}: a stream`, () => describeStream(adapter, text, fixtures));
    describe(`${adapter.type}: a stream that breaks`, () => describeBrokenStream(adapter, text, fixtures));
  }
}

function describeChat(adapter: ProviderAdapter, fixture: ChatFixture, { dialect }: ProviderFixtures): void {
  const { usage, ...expected } = fixture.expected;
  const choiceCount = fixture.expected.finishReasons.length;

  it('asks the provider for just that', () => {
    const before = structuredClone(fixture.request);
    const { chat, reader } = nameForVendor(adapter, fixture.request);
    const plain = reader.toRequest(chat, targetOf(fixture));
    expect(JSON.parse(plain.body)).toEqual(fixture.upstreamRequest);
    expect(plain.droppedParams).toEqual([]);
    const streamed = reader.toRequest({ ...chat, stream: true }, targetOf(fixture));
    expect(JSON.parse(streamed.body)).toMatchObject(fixture.upstreamRequest);
    expect(fixture.request).toEqual(before);
  });

  it('gives the caller the plain answer with disjoint usage', () => {
    const answer = adapter.chat.fromResponse(JSON.stringify(fixture.answer));
    expect(readPlainAnswer(answer.body)).toEqual(expected);
    expect(answer.usage).toEqual(usage);
    expect(adapter.counters['chat.completions']).toEqual(expect.arrayContaining(Object.keys(usage)));
  });

  it.each([true, false])('gives the same answer and usage as a stream, usage asked for: %s', (includeUsage) => {
    const translator = adapter.chat.createStream({ includeUsage, choiceCount });
    const read = readStream(translator, [toEventStream(fixture.stream, dialect.terminator)]);
    expect(joinChunks(chunksOf(read))).toEqual(expected);
    expect(translator).toMatchObject({ usage, isComplete: true, hasLife: true, malformedEvents: 0, error: null });
    const units = [
      expected.text,
      expected.refusal,
      expected.reasoning,
      ...expected.toolCalls.map((call) => call.arguments),
    ];
    expect(translator.outputCharacters).toBe(units.join('').length);
    expect(read.end).not.toBeNull();
  });
}

function describeRequest(adapter: ProviderAdapter, { chat, unsupportedParameter, embeddings }: ProviderFixtures): void {
  it('names the parameters that the provider does not take, and sends none of them', () => {
    const { request, upstreamRequest, dropped } = unsupportedParameter;
    const translated = adapter.chat.toRequest(request, targetOf(unsupportedParameter));
    expect(translated.droppedParams).toEqual(dropped);
    expect(JSON.parse(translated.body)).toEqual(upstreamRequest);
  });

  it('carries the credential and the id of the attempt in headers, never in the body or the address', () => {
    const request = chat.text?.request ?? unsupportedParameter.request;
    const { endpoint, body } = adapter.chat.toRequest(request, target);
    expect(endpoint.method).toBe('POST');
    expect(endpoint.url.startsWith(`${target.baseUrl}/`)).toBe(true);
    expect(Object.values(endpoint.headers)).toContain(target.attemptId);
    expect(Object.values(endpoint.headers).join()).toContain('secret-credential');
    expect(endpoint.url + body).not.toContain('secret-credential');
    const without = adapter.chat.toRequest(request, { ...target, credential: null });
    expect(JSON.stringify(without.endpoint)).not.toMatch(/secret-credential|null|undefined/);
  });

  it('that only asks whether all is well carries the same credential', () => {
    const { method, url, headers } = adapter.probe(target);
    expect(method).toBe('GET');
    expect(url.startsWith(`${target.baseUrl}/`)).toBe(true);
    expect(Object.values(headers).join()).toContain('secret-credential');
  });

  it('for embeddings takes the same way', () => {
    expect(adapter.embeddings === null).toBe(embeddings === null);
    if (adapter.embeddings === null || embeddings === null) return;
    const translated = adapter.embeddings.toRequest(embeddings.request, targetOf(embeddings));
    expect(JSON.parse(translated.body)).toEqual(embeddings.upstreamRequest);
    expect(translated.droppedParams).toEqual(embeddings.dropped);
    const answer = adapter.embeddings.fromResponse(JSON.stringify(embeddings.answer), embeddings.request);
    expect(answer).toEqual({ body: embeddings.expected ?? embeddings.answer, usage: embeddings.usage });
  });
}

function describeErrors(adapter: ProviderAdapter, { errors, streamError }: ProviderFixtures): void {
  it.each(Object.entries(errors.cases))('of kind %s is judged once, for retry, failover and caller', (_, errorCase) => {
    const body = typeof errorCase.body === 'string' ? errorCase.body : JSON.stringify(errorCase.body);
    const judgement = adapter.classifyError(errorCase.status, errorCase.headers, body);
    expect(judgement).toMatchObject(errorCase.expected);
    expect(isErrorCode(judgement.code)).toBe(true);
    expect(judgement.internal.length).toBeLessThanOrEqual(500);
  });

  it.each([400, 401, 403, 404, 413, 422, 429, 500, 503, 529])('with status %s is judged with any body', (status) => {
    for (const body of [
      '',
      'null',
      '[]',
      '{}',
      '"x"',
      '{"error":null}',
      '{"error":7}',
      '<html>',
      '\u0000',
      '{"error":{"code":{}}}',
    ]) {
      const judgement = adapter.classifyError(status, {}, body);
      expect(isErrorCode(judgement.code)).toBe(true);
      expect(judgement.publicMessage).toBeNull();
    }
  });

  it('never quotes a key, an account or an address', () => {
    const message =
      'Wrong key sk-live_abcdefgh12345678, Bearer abc, org-Ab12Cd34, AbCd12*****XyZ, http://10.0.0.1/x, 0123456789abcdef0123456789abcdef';
    for (const status of [400, 401, 422, 429, 500]) {
      const judgement = adapter.classifyError(status, {}, JSON.stringify({ error: { message } }));
      expect(JSON.stringify(judgement)).not.toMatch(/abcdefgh|Bearer abc|Ab12Cd34|XyZ|10\.0\.0\.1|0123456789abcdef/);
    }
  });

  it('inside a success is a failure, judged as the status that it names', () => {
    for (const [index, event] of streamError.events.entries()) {
      const read = () => adapter.chat.fromResponse(JSON.stringify(event));
      expect(read).toThrow(ProviderFailure);
      expect(read).toThrow(
        expect.objectContaining({ judgement: expect.objectContaining(streamError.expected[index] ?? {}) }),
      );
    }
  });

  it.each([
    '',
    '<html></html>',
    '[]',
    'null',
    '{}',
    '{"choices":[]}',
    '{"choices":[{}]}',
    '{"choices":7}',
    '{"choices":[',
  ])('is what a success of %j is', (body) => {
    const failure = expect.objectContaining({ code: 'upstream_invalid_response' });
    expect(() => adapter.chat.fromResponse(body)).toThrow(failure);
    const embeddings = () => adapter.embeddings?.fromResponse(body, { model: 'm', input: 'a' });
    if (adapter.embeddings !== null) expect(embeddings).toThrow(failure);
  });
}

function describeStream(
  adapter: ProviderAdapter,
  { stream, expected }: ChatFixture,
  { dialect }: ProviderFixtures,
): void {
  const whole = toEventStream(stream, dialect.terminator);
  const create = () => adapter.chat.createStream({ includeUsage: true });
  const reference = chunksOf(readStream(create(), [whole]));

  it('is the same wherever its bytes are cut', () => {
    for (let cut = 1; cut < whole.length; cut += 1) {
      const read = readStream(create(), [whole.subarray(0, cut), whole.subarray(cut)]);
      expect(JSON.stringify(chunksOf(read))).toBe(JSON.stringify(reference));
      expect(read.translator.malformedEvents).toBe(0);
    }
  });

  it('is not disturbed by keep-alives, unknown fields or Windows line ends', () => {
    const noisy = whole.toString().replaceAll('\n\n', '\r\n\r\n: keep-alive\r\n\r\nevent: x\r\nid: 1\r\ndata:\r\n\r\n');
    const read = readStream(create(), [Buffer.from(noisy)]);
    expect(chunksOf(read)).toEqual(reference);
    expect(read.translator).toMatchObject({ malformedEvents: 0, isComplete: true });
  });

  it('is whole without its terminator, since the finish reasons make it so', () => {
    const read = readStream(create(), [toEventStream(stream, '')]);
    expect(chunksOf(read)).toEqual(reference);
    expect(read.translator.isComplete).toBe(true);
  });

  it('withholds the usage chunk from a client that did not ask, and ends in the last finish reason', () => {
    const read = readStream(adapter.chat.createStream({ includeUsage: false }), [whole]);
    expect(read.translator.usage).toEqual(expected.usage);
    expect(chunksOf(read).every((chunk) => Object(chunk).choices.length > 0 && !Object(chunk).usage)).toBe(true);
    expect(read.end).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });
}

function describeBrokenStream(
  adapter: ProviderAdapter,
  { stream, expected }: ChatFixture,
  { streamError, dialect }: ProviderFixtures,
): void {
  const create = () => adapter.chat.createStream({ includeUsage: false });

  it('is never taken for whole before its finish reason, wherever it is torn', () => {
    const whole = toEventStream(stream, '');
    const wholeFrom = whole.indexOf(dialect.wholeMark);
    for (let torn = 0; torn <= whole.length; torn += 1) {
      const { translator, sent, end } = readStream(create(), [whole.subarray(0, torn)]);
      if (torn <= wholeFrom)
        expect({ isComplete: translator.isComplete, end }).toEqual({ isComplete: false, end: null });
      expect(translator.isComplete).toBe(end !== null);
      expect(expected.text.startsWith(joinChunks(sent.map((text) => JSON.parse(text))).text)).toBe(true);
    }
  });

  it('drops and counts an event that is not a chunk, and continues', () => {
    const events = stream.flatMap((event) => [`data: ${JSON.stringify(event)}\n\n`, 'data: {"choices":[{"delta"\n\n']);
    const { translator, sent, end } = readStream(create(), [Buffer.from(events.join(''))]);
    expect(joinChunks([...sent.map((text) => JSON.parse(text)), end]).text).toBe(expected.text);
    expect(translator).toMatchObject({ malformedEvents: stream.length, isComplete: true, error: null });
  });

  it('reads events whose JSON spans several data lines, and sends each on one line', () => {
    const spread = stream.map((event) => `${JSON.stringify(event, null, 1).replaceAll(/^/gm, 'data: ')}\n\n`);
    const { sent, end, translator } = readStream(create(), [Buffer.from(spread.join(''))]);
    expect(sent.join('')).not.toMatch(/[\r\n]/);
    expect(joinChunks([...sent.map((text) => JSON.parse(text)), end]).text).toBe(expected.text);
    expect(translator).toMatchObject({ malformedEvents: 0, isComplete: true, error: null });
  });

  it('returns the error event of the provider, judged, and nothing after it', () => {
    const before = readStream(create(), [toEventStream(stream.slice(0, 2), '')]);
    for (const [index, error] of streamError.events.entries()) {
      const read = readStream(create(), [toEventStream([...stream.slice(0, 2), error, ...stream.slice(2)])]);
      expect(read.sent).toEqual(before.sent);
      expect(read.translator).toMatchObject({ isComplete: false, error: streamError.expected[index] });
      expect(read.end).toBeNull();
    }
  });

  it('has no life in its head, its comments and its empty deltas', () => {
    const translator = create();
    readStream(translator, [toEventStream(stream.slice(0, dialect.headEvents), ': ping\n\n')]);
    expect(translator).toMatchObject({ hasLife: false, outputCharacters: 0 });
  });
}
