import { packedHeader } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrincipal, startWorld, type World } from './testing/start-world.ts';

const chat = { model: 'mock/mock-small', messages: [{ role: 'user', content: 'Hello' }] };
const limits = { requestsPerMinute: 1000, tokensPerMinute: 1_000_000, concurrentRequests: 5 };
const none = { requestsPerMinute: 1, tokensPerMinute: null, concurrentRequests: null };
const hopOnly = ['connection', 'date', 'keep-alive', 'x-request-id'];

describe('headers for a gateway that unpacks them', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const ask = async (body: unknown, asked: Record<string, string>, principal = createPrincipal({ limits })) => {
    const headers = await world.headers(undefined, principal);
    const response = await world.post('/v1/chat/completions', body, { ...headers, ...asked });
    await response.text();
    return response.headers;
  };
  const namesOf = (headers: Headers) => [...headers.keys()].filter((name) => !hopOnly.includes(name));

  it.each([
    ['a whole answer', chat],
    ['a stream', { ...chat, stream: true }],
  ])('are the same of %s, in one header', async (_name, body) => {
    const each = await ask(body, {});
    const packed = await ask(body, { [packedHeader]: '1' });

    const pairs = (packed.get(packedHeader) ?? '').split('\t');
    const names = pairs.filter((_pair, index) => index % 2 === 0);
    expect(names).toContain('x-ratelimit-remaining-tokens');
    expect([...namesOf(packed), ...names].sort()).toEqual([...namesOf(each), packedHeader].sort());
    const value = (name: string) => pairs[pairs.indexOf(name) + 1];
    expect(value('ratelimit-policy')).toBe(each.get('ratelimit-policy'));
    expect(value('x-aggregator-provider')).toBe(each.get('x-aggregator-provider'));
    expect(hopOnly.filter((name) => packed.has(name))).toEqual([]);
  });

  it('are not packed in an answer that is kept for later requests', async () => {
    const kept = await ask(chat, { [packedHeader]: '1', 'idempotency-key': 'packed-1' });

    expect(kept.has(packedHeader)).toBe(false);
    expect(kept.get('x-ratelimit-limit-requests')).toBe('1000');
  });

  it('are not packed in a refusal', async () => {
    const principal = createPrincipal({ limits: none });
    await ask(chat, { [packedHeader]: '1' }, principal);
    const refused = await ask(chat, { [packedHeader]: '1' }, principal);

    expect(refused.has(packedHeader)).toBe(false);
    expect(refused.get('x-ratelimit-remaining-requests')).toBe('0');
  });
});
