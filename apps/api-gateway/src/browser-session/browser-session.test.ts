import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { serve, startGateway, type TestGateway, type TestServer } from '../testing/start-gateway.ts';

const tokens = { accessToken: 'a.b.c', refreshToken: 'agr_next', expiresIn: 900, tokenType: 'Bearer' };

describe('a session in a cookie', () => {
  let auth: TestServer;
  let gateway: TestGateway;
  let seen: { path: string | undefined; body: string }[] = [];
  let next: { status: number; body: unknown };
  beforeAll(async () => {
    auth = await serve(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      seen.push({ path: request.url, body: Buffer.concat(parts).toString() });
      response.writeHead(next.status, { 'content-type': 'application/json' }).end(JSON.stringify(next.body));
    });
    gateway = await startGateway('http://127.0.0.1:9', { AUTH_URL: auth.url });
  });
  beforeEach(() => {
    seen = [];
    next = { status: 200, body: tokens };
  });
  afterAll(async () => {
    await gateway.stop();
    await auth.close();
  });

  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-aggregator-session': 'cookie', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, cookie: answer.headers.get('set-cookie'), json: await answer.json() };
  };
  const asked = () => seen.filter(({ path }) => path?.startsWith('/v1/auth/'));

  it('keeps the refresh token from every script: it is in the cookie, and not in the body', async () => {
    const { status, cookie, json } = await post('/v1/auth/login', { email: 'a@example.com', password: 'secret' });

    expect(status).toBe(200);
    expect(json).toEqual({ accessToken: 'a.b.c', expiresIn: 900, tokenType: 'Bearer' });
    expect(cookie).toMatch(/^aggregator-session=agr_next; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  });

  it('gives the token of the cookie to a refresh, and replaces it', async () => {
    const { cookie } = await post(
      '/v1/auth/refresh',
      { organizationId: 'x' },
      { cookie: 'a=b; aggregator-session=agr_old' },
    );

    expect(JSON.parse(asked()[0]?.body ?? '')).toEqual({ organizationId: 'x', refreshToken: 'agr_old' });
    expect(cookie).toContain('aggregator-session=agr_next;');
  });

  it('goes when the session is over', async () => {
    next = { status: 401, body: { code: 'invalid_token' } };

    const { status, cookie } = await post('/v1/auth/refresh', {}, { cookie: 'aggregator-session=agr_old' });

    expect(status).toBe(401);
    expect(cookie).toContain('aggregator-session=; Path=/; Max-Age=0;');
  });

  it('has a secure name and flag where the page came over TLS', async () => {
    const origin = gateway.url.replace('http:', 'https:');

    const { cookie } = await post('/v1/auth/login', {}, { origin, cookie: 'aggregator-session=agr_other' });

    expect(cookie).toMatch(/^__Host-aggregator-session=agr_next; Path=\/; .*SameSite=Strict; Secure$/);
  });

  it.each([
    ['an origin that is another', { origin: 'https://evil.example' }],
    ['a site that is another', { 'sec-fetch-site': 'cross-site' }],
    ['an origin that is opaque', { origin: 'null' }],
  ])('is refused to %s, before auth sees the request', async (_name, headers) => {
    const { status, cookie } = await post('/v1/auth/refresh', {}, { cookie: 'aggregator-session=agr_old', ...headers });

    expect([status, cookie]).toEqual([403, null]);
    expect(asked()).toEqual([]);
  });

  it('works behind a proxy that asks the gateway by another name, since the browser names the site', async () => {
    const headers = { origin: 'https://ai.example', 'sec-fetch-site': 'same-origin' };

    const { status, cookie } = await post('/v1/auth/login', {}, headers);

    expect(status).toBe(200);
    expect(cookie).toMatch(/; Secure$/);
  });

  it('is no credential without the header, which a form of another site cannot send', async () => {
    const headers = { cookie: 'aggregator-session=agr_old', 'x-aggregator-session': '' };

    const { cookie, json } = await post('/v1/auth/refresh', {}, headers);

    expect(asked()[0]?.body).toBe('{}');
    expect([cookie, json]).toEqual([null, tokens]);
  });
});
