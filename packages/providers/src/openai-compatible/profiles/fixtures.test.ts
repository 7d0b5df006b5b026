import { readdirSync, readFileSync } from 'node:fs';
import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { adapterFor } from '../../registry.ts';
import { nameForVendor } from '../../vendor-names/name-for-vendor.ts';
import { builtInProfiles } from './built-in.ts';
import { profileNameOf } from './resolve-profile.ts';

/** What a server wants to be sent, and what it answers. Written from its reference or its source. */
interface Fixture {
  readonly source: string;
  readonly baseUrl?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly endpoint?: object;
  readonly roles?: readonly string[];
  /** The thoughts of the assistant message at the server. */
  readonly thoughts?: Readonly<Record<string, string>>;
  readonly bound?: string;
  readonly strict?: boolean;
  readonly streamOptions?: boolean;
  readonly callId?: string;
  readonly dropped?: readonly string[];
  /** Fields of the server's own that pass. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly (readonly [status: number, body: unknown, code: string | null])[];
  readonly answer: object;
  readonly text: string;
  readonly reasoning?: string;
}

const directory = new URL('./__fixtures__/', import.meta.url);
const fixtures = readdirSync(directory).map((file): [string, Fixture] => [
  file.replace(/\.json$/, ''),
  JSON.parse(readFileSync(new URL(file, directory), 'utf8')),
]);
const foreignId = 'call_0fypS1hVX';
/** What agents send: two kinds of instructions, thoughts, a call of another vendor, a strict tool, a bound and a stop. */
const asked = {
  model: 'any',
  messages: [
    { role: 'system', content: 'a' },
    { role: 'developer', content: 'b' },
    { role: 'user', name: 'ann', content: 'x' },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'why',
      refusal: null,
      tool_calls: [{ id: foreignId, type: 'function', function: { name: 'read', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: foreignId, content: '5' },
  ],
  tools: [{ type: 'function', function: { name: 'read', strict: true, parameters: { type: 'object' } } }],
  max_tokens: 7,
  stop: ['z'],
  logit_bias: { '1': 2 },
  stream: true,
};

describe('the fixtures of the built-in profiles', () => {
  it('are there for each of them', () => {
    expect(fixtures.map(([name]) => name).sort()).toEqual(Object.keys(builtInProfiles).sort());
  });

  describe.each(fixtures)('%s', (name, fixture) => {
    const { baseUrl = 'http://10.0.0.5:8000/v1', query } = fixture;
    const isKnownByHost = profileNameOf(baseUrl) === name;
    const profile = { ...(!isKnownByHost && { name }), ...(query && { query }) };
    const adapter = adapterFor('OpenAICompatible', { baseUrl, options: { profile: JSON.stringify(profile) } });

    it('is known by the host of its base URL, if it has one', () => {
      expect(isKnownByHost).toBe(fixture.baseUrl !== undefined);
    });

    it('is sent what it takes, and nothing that it rejects', () => {
      const { thoughts = { reasoning_content: 'why', reasoning: 'why' }, bound = 'max_tokens', extra = {} } = fixture;
      const { chat, reader } = nameForVendor(adapter, chatCompletionRequest.parse({ ...asked, ...extra }));
      const target = {
        baseUrl,
        credential: 'secret',
        model: 'm',
        maxOutputTokens: null,
        options: {},
        attemptId: 'r/1',
      };
      const { body, droppedParams, endpoint } = reader.toRequest(chat, target);
      const sent = JSON.parse(body);
      expect([...droppedParams].sort()).toEqual([...(fixture.dropped ?? [])].sort());
      expect(sent).toMatchObject({ [bound]: 7, ...extra });
      expect(sent).not.toHaveProperty(bound === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens');
      expect('stream_options' in sent).toBe(fixture.streamOptions ?? true);
      expect(sent.messages.map(({ role }: { role: string }) => role)).toEqual(
        fixture.roles ?? ['system', 'user', 'assistant', 'tool'],
      );
      const assistant = sent.messages.find(({ role }: { role: string }) => role === 'assistant');
      const { role: _role, content: _content, tool_calls: calls, ...rest } = assistant;
      expect(rest).toEqual(thoughts);
      expect(calls[0].id).toMatch(new RegExp(fixture.callId ?? foreignId));
      expect(sent.messages.at(-1).tool_call_id).toBe(calls[0].id);
      expect(sent.tools[0].function).toMatchObject({ parameters: { properties: {} } });
      expect('strict' in sent.tools[0].function).toBe(fixture.strict ?? true);
      expect(endpoint).toMatchObject(fixture.endpoint ?? { headers: { authorization: 'Bearer secret' } });
      for (const omitted of fixture.dropped ?? []) expect(sent).not.toHaveProperty([omitted]);
    });

    it('answers in a form that clients know', () => {
      const { choices } = Object(adapter.chat.fromResponse(JSON.stringify(fixture.answer)).body);
      expect(choices[0].message.content).toBe(fixture.text);
      expect(choices[0].message.reasoning_content).toBe(fixture.reasoning);
    });

    it('has its errors judged', () => {
      for (const [status, body, code] of fixture.errors ?? []) {
        const judged = adapter.classifyError(status, {}, JSON.stringify(body)).code;
        expect([status, judged]).toEqual([status, code ?? 'upstream_rejected']);
      }
    });
  });
});
