import { type ChatField, chatFields } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CacheSubject, toCacheKey, toCacheKeyInTurns } from './cache-key.ts';

/** Fields that must not matter; a new field of the dialect matters until it is put here. */
const indifferent: readonly ChatField[] = [
  'metadata',
  'model',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'stream',
  'stream_options',
  'user',
];

const plain = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
const subject: CacheSubject = {
  ...{ orgId: 'org-1', provider: 'openai', model: 'gpt-4o-mini' },
  ...{ operation: 'chat.completions', request: plain, privacy: null },
};
const keyOf = (request: Record<string, unknown>) => toCacheKey({ ...subject, request });

const withPart = (part: object) => ({
  ...plain,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }, part] }],
});
const withTool = (tool: object) => ({ ...plain, tools: [tool] });

/** A request with the field, where the field is more than a name of the body. */
const nested: Partial<Record<ChatField, object>> = {
  'content.audio': { ...plain, messages: [{ role: 'assistant', audio: { id: 'a' } }] },
  'content.cache_control': withPart({ type: 'text', text: '', cache_control: { type: 'ephemeral' } }),
  'content.file': withPart({ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=' } }),
  'content.image_url': withPart({ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }),
  'content.input_audio': withPart({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
  'content.refusal': withPart({ type: 'refusal', refusal: 'No.' }),
  'content.text': withPart({ type: 'text', text: 'again' }),
  reasoning_details: {
    ...plain,
    messages: [{ role: 'assistant', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }],
  },
  'response_format.json_object': { ...plain, response_format: { type: 'json_object' } },
  'response_format.json_schema': { ...plain, response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
  'tools.custom': withTool({ type: 'custom', custom: { name: 'a' } }),
  'tools.function': withTool({ type: 'function', function: { name: 'a' } }),
};
const samplesOf = (field: ChatField): Record<string, unknown>[] => {
  const sample = nested[field];
  if (sample !== undefined) return [{ ...sample }];
  return [0, 1, 'text', true, ['list'], { deep: [{ deeper: 1 }] }, { deep: [{ deeper: 2 }] }].map((value) => ({
    ...plain,
    [field]: value,
  }));
};

describe('the key of an answer', () => {
  it('is the same for a large request, of which it is made in turns', async () => {
    const fields = Array.from({ length: 40_000 }, (_, at) => [`${(at * 7919) % 40_000}k`, `"${at}é`]);
    const content = [{ type: 'text', text: '"a'.repeat(200_000) }, Object.fromEntries(fields)];
    const large = { ...subject, request: { ...plain, seed: 1, messages: [{ content, role: 'user' }] } };
    let turns = 0;
    const takeTurn = async () => {
      turns += 1;
    };
    expect(await toCacheKeyInTurns(large, takeTurn)).toBe(toCacheKey(large));
    expect(turns).toBeGreaterThan(0);
  });

  it('names provider, model and organisation, and a hash of everything', () => {
    expect(toCacheKey(subject)).toMatch(/^proxy:cache:openai:gpt-4o-mini:\{org-1\}:[0-9a-f]{64}$/);
  });

  it.each(chatFields.filter((field) => !indifferent.includes(field)))('is another one with any other %s', (field) => {
    const samples =
      field === 'messages' ? [{ ...plain, messages: [{ role: 'user', content: 'Bye' }] }] : samplesOf(field);
    const keys = [plain, ...samples].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([...indifferent, 'provider', 'models'])('is the same one for every value of %s', (field) => {
    expect(keyOf({ ...plain, [field]: 'x' })).toBe(keyOf(plain));
    expect(keyOf({ ...plain, [field]: { a: 1 } })).toBe(keyOf(plain));
  });

  it('is another one where anything in the request is other, however deep', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const request = fc.dictionary(fc.constantFrom('messages', 'tools', 'stop', 'x', '__proto__', '1', 'a"b'), value, {
      minKeys: 1,
    });
    fc.assert(
      fc.property(request, request, (one, other) => {
        const isSame = sorted(one) === sorted(other);
        expect(keyOf(one) === keyOf(other)).toBe(isSame);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(request, fc.nat(), (one, at) => {
        const other: unknown = JSON.parse(JSON.stringify(one));
        const isChanged = changeLeaf(other, at);
        fc.pre(isChanged);
        expect(keyOf(one)).not.toBe(keyOf({ ...(other as object) }));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same one for any order of the fields', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const { model, messages } = plain;
        const reversed = reverseFields(value);
        expect(keyOf({ model, messages, x: value })).toBe(keyOf({ x: reversed, messages, model }));
      }),
    );
  });

  it.each<[string, Partial<CacheSubject>]>([
    ['organisation', { orgId: 'org-2' }],
    ['provider', { provider: 'azure' }],
    ['model', { model: 'gpt-4o' }],
    ['operation', { operation: 'embeddings' }],
    ['privacy', { privacy: { mode: 'mask' } }],
  ])('has another hash for another %s, too', (_name, change) => {
    const hashOf = (one: CacheSubject) => toCacheKey(one).slice(-64);
    expect(hashOf({ ...subject, ...change })).not.toBe(hashOf(subject));
  });

  it('lets no name of a model choose the slot of the store', () => {
    expect(toCacheKey({ ...subject, model: 'a{b}\nc' })).toMatch(/^proxy:cache:openai:a_b__c:\{org-1\}:[0-9a-f]{64}$/);
  });
});

/** The value with its fields in order, to compare by. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}:${sorted(part)}`);
  return `{${fields.sort().join(',')}}`;
}

function reverseFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseFields);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, reverseFields(part)]),
  );
}

/** Makes one value in it another one; false where there is none. */
function changeLeaf(value: unknown, at: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value);
  const [name, part] = entries[at % Math.max(entries.length, 1)] ?? [];
  if (name === undefined) return false;
  if (changeLeaf(part, Math.floor(at / entries.length))) return true;
  Object.defineProperty(value, name, { value: part === 'other' ? 'another' : 'other', enumerable: true });
  return true;
}
