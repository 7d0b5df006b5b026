import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway, type TestGateway } from '../testing/start-gateway.ts';
import type { PageFile } from './read-pages.ts';

const file = (type: string, text: string): PageFile => ({
  type,
  body: Buffer.from(text),
  encoded: { br: Buffer.from(`br ${text}`), gzip: Buffer.from(`gz ${text}`) },
});
const pages = new Map([
  ['/index.html', file('text/html; charset=utf-8', 'the document')],
  ['/assets/index-a1b2c3.js', file('text/javascript; charset=utf-8', 'the script')],
]);
const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-encoding': 'identity' };

describe('the pages', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway('http://127.0.0.1:9', {}, { pages });
  });
  afterAll(() => gateway.stop());

  const ask = async (path: string, headers: Record<string, string> = asBrowser, method = 'GET') => {
    const answer = await fetch(`${gateway.url}${path}`, { method, headers });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  it.each(['/', '/overview', '/operator/providers/mock', '/reset-password'])(
    'has the document at %s, with a policy that allows no inline script and no other origin',
    async (path) => {
      const { status, headers, text } = await ask(path);

      expect([status, text]).toEqual([200, 'the document']);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'/);
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('lets an asset be kept for ever, since its name holds its hash', async () => {
    const { status, headers, text } = await ask('/assets/index-a1b2c3.js', {
      accept: '*/*',
      'accept-encoding': 'identity',
    });

    expect([status, text]).toEqual([200, 'the script']);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    ['gzip, br', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', null],
  ])('is compressed as the client accepts: %s', async (accepted, expected) => {
    const { headers } = await ask('/assets/index-a1b2c3.js', { 'accept-encoding': accepted }, 'HEAD');

    expect(headers.get('content-encoding')).toBe(expected);
    expect(headers.get('vary')).toBe('accept-encoding');
  });

  it.each([
    ['/v1/no-such-route', 404],
    ['/assets/index-000000.js', 404],
    ['/billing/balance', 401],
    ['/v1/models', 401],
    ['/openapi.json', 200],
  ])('stands in for no path of the API: %s', async (path, status) => {
    const answer = await ask(path);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('json');
  });

  it.each(['/', '/docs', '/docs?of=keys'])(
    'has the document at %s for a program too, since the docs name it',
    async (path) => {
      const { status, text } = await ask(path, { accept: '*/*', 'accept-encoding': 'identity' });

      expect([status, text]).toEqual([200, 'the document']);
    },
  );

  it('is not what a program gets for a path that does not exist', async () => {
    expect((await ask('/overview', { accept: 'application/json' })).status).toBe(404);
    expect((await ask('/docs-of-mine', { accept: '*/*' })).status).toBe(404);
    expect((await ask('/overview', asBrowser, 'POST')).status).toBe(404);
  });
});
