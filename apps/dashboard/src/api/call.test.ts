import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { get } from './call.ts';
import { session } from './session.ts';

const answer = (body: unknown) => new Response(JSON.stringify(body));

describe('a call of a page', () => {
  const sent: string[] = [];
  let logout = Promise.withResolvers<Response>();
  let refresh = Promise.withResolvers<Response>();
  const original = globalThis.fetch;

  beforeEach(async () => {
    const kept = new Map<string, string>();
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      value: {
        getItem: (name: string) => kept.get(name) ?? null,
        setItem: (name: string, value: string) => kept.set(name, value),
        removeItem: (name: string) => kept.delete(name),
      },
    });
    logout = Promise.withResolvers();
    refresh = Promise.withResolvers();
    globalThis.fetch = jest.fn(async (input: unknown) => {
      const path = String(input);
      sent.push(path);
      if (path === '/v1/auth/logout') return logout.promise;
      if (path === '/v1/auth/refresh') return refresh.promise;
      return answer(path === '/v1/auth/login' ? { accessToken: 'token', expiresIn: 900 } : {});
    }) as typeof fetch;
    await session.signIn('person@example.com', 'password');
    sent.length = 0;
  });

  afterEach(() => {
    globalThis.fetch = original;
    Reflect.deleteProperty(globalThis, 'localStorage');
  });

  it('is not sent while its person signs out, nor after it', async () => {
    await get('/v1/keys');
    const leaving = session.signOut();
    // The page asks in the turn of the sign-out, and again while its answer is away.
    await Promise.resolve();
    await Promise.resolve();
    await expect(get('/v1/keys')).rejects.toMatchObject({ status: 401 });
    logout.resolve(answer({}));
    await leaving;
    await expect(get('/v1/keys')).rejects.toMatchObject({ status: 401 });
    expect(sent).toEqual(['/v1/keys', '/v1/auth/logout']);
  });

  it.each(['before', 'after'])(
    'signs no person in again whose token is renewed %s the end of the sign-out',
    async (when) => {
      const renewal = session.renew();
      const leaving = session.signOut();
      await Promise.resolve();
      const end = async () => {
        logout.resolve(answer({}));
        await leaving;
      };
      if (when === 'after') await end();
      refresh.resolve(answer({ accessToken: 'renewed', expiresIn: 900 }));
      expect(await renewal).toBeNull();
      if (when === 'before') await end();
      expect([session.state, await session.token()]).toEqual(['out', null]);
    },
  );
});
