import { describe, expect, it } from '@jest/globals';
import { type ProbeSend, proposeProfile } from './propose-profile.ts';

type Body = Record<string, unknown>;

const models = (owner: string) => JSON.stringify({ object: 'list', data: [{ id: 'm', owned_by: owner }] });
const answerOf = (message: object = { content: 'OK' }, tokens = 1) =>
  JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }], usage: { completion_tokens: tokens } });

/** A server that answers each path, and says of each chat whether it takes it. */
function fakeServer(paths: Record<string, string>, judge: (body: Body) => string | null, headers = {}) {
  const chats: Body[] = [];
  const send: ProbeSend = async ({ url }, body) => {
    const { pathname } = new URL(url);
    if (body === null) {
      const known = paths[pathname];
      return { status: known === undefined ? 404 : 200, headers, body: known ?? '{}' };
    }
    chats.push(JSON.parse(body));
    const answer = judge(JSON.parse(body));
    return answer === null
      ? { status: 422, headers, body: '{"error":"extra"}' }
      : { status: 200, headers, body: answer };
  };
  return { send, chats };
}
const probe = (send: ProbeSend, baseUrl = 'http://10.0.0.5:8000/v1', model: string | null = null) =>
  proposeProfile({ baseUrl, credential: 'k', model }, send);

describe('the proposal for a server', () => {
  it.each([
    ['vllm', 'vllm'],
    ['sglang', 'sglang'],
    ['llamacpp', 'llama-cpp'],
    ['library', 'ollama'],
    ['organization_owner', 'lm-studio'],
    ['me', 'llama-cpp-python'],
  ])('that owns its models as %s is the profile %s', async (owner, name) => {
    const { send } = fakeServer({ '/v1/models': models(owner) }, () => answerOf());
    expect((await probe(send)).profile).toEqual({ name });
  });

  it('is known by its host, by a header, or by a path that it has alone', async () => {
    const { send } = fakeServer({ '/v1/models': models('x') }, () => answerOf());
    expect((await probe(send, 'https://api.x.ai/v1')).profile.name).toBe('xai');
    const litellm = fakeServer({ '/v1/models': models('x') }, () => answerOf(), { 'x-litellm-version': '1' });
    expect((await probe(litellm.send)).profile.name).toBe('litellm');
    const tgi = fakeServer({ '/v1/models': models('x'), '/info': '{"docker_label":"a"}' }, () => answerOf());
    expect((await probe(tgi.send)).profile.name).toBe('tgi');
  });

  it('has no change for a server that takes all that OpenAI takes, in a bounded number of chats', async () => {
    const { send, chats } = fakeServer({ '/v1/models': models('x') }, () => answerOf());
    const { profile, models: listed, findings } = await probe(send);
    expect(profile).toEqual({});
    expect(listed).toEqual(['m']);
    expect(findings).toContain('The server is not known by name.');
    expect(chats.length).toBeLessThanOrEqual(40);
  });

  it('has what a strict server rejects', async () => {
    const { send } = fakeServer({ '/v1/models': models('x') }, (body) => {
      const text = JSON.stringify(body);
      const isRejected =
        [
          'stream_options',
          'logit_bias',
          'parallel_tool_calls',
          'reasoning_content',
          'max_tokens":1}',
          '"strict"',
          'probe.dot',
        ].some((word) => text.includes(word)) || /"tool_call_id":"(?![A-Za-z0-9]{9}")/.test(text);
      return isRejected ? null : answerOf();
    });
    expect((await probe(send)).profile).toEqual({
      streamOptions: false,
      outputLimitField: 'max_completion_tokens',
      omittedFields: ['logit_bias', 'parallel_tool_calls'],
      strictTools: false,
      toolNames: 'word-64',
      callIds: 'alphanumeric-9',
      reasoningField: 'reasoning',
    });
  });

  it('has no null where the server rejects null as content', async () => {
    const { send } = fakeServer({ '/v1/models': models('x') }, (body) =>
      JSON.stringify(body).includes('"content":null') ? null : answerOf(),
    );
    expect((await probe(send)).profile).toEqual({ nullContent: false });
  });

  it('has a plain schema where the server rejects the format json_schema', async () => {
    const { send } = fakeServer({ '/v1/models': models('x') }, (body) =>
      JSON.stringify(body).includes('"json_schema"') ? null : answerOf(),
    );
    expect((await probe(send)).profile).toEqual({ answerSchema: 'json_object' });
  });

  it('has the name of the thoughts in its answers', async () => {
    const { send } = fakeServer({ '/v1/models': models('x') }, () => answerOf({ content: 'OK', reasoning: 'Hm.' }));
    expect((await probe(send)).profile).toEqual({ reasoningField: 'reasoning' });
    const vllm = fakeServer({ '/v1/models': models('vllm') }, () => answerOf({ content: 'OK', reasoning: 'Hm.' }));
    expect((await probe(vllm.send)).profile).toEqual({ name: 'vllm' });
  });

  it('says why there is none', async () => {
    expect((await probe(async () => null)).findings).toEqual(['The server cannot be reached.']);
    const { send } = fakeServer({ '/v1/models': models('x') }, () => null);
    expect((await probe(send)).findings.at(-1)).toContain('answered with 422');
    const empty = fakeServer({}, () => answerOf());
    expect((await probe(empty.send)).findings).toContain('No model is known, so no chat was sent.');
    expect((await probe(empty.send, undefined, 'm')).profile).toEqual({});
  });
});
