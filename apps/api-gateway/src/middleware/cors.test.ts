import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readApiGatewayConfig } from '../config.ts';
import {
  answerJson,
  pageKey,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
} from '../testing/start-gateway.ts';

const page = 'https://app.example.com';
const other = 'https://other.example.com';
const chat = '/v1/chat/completions';

describe('a browser', () => {
  let proxy: TestServer;
  let gateway: TestGateway;
  beforeAll(async () => {
    proxy = await serve((_request, response) => answerJson(response, { ok: true }));
    gateway = await startGateway(proxy.url, { CORS_ORIGINS: `${page}, ${other}` });
  });
  afterAll(async () => {
    await gateway.stop();
    await proxy.close();
  });

  const preflight = (path: string, origin: string, headers = 'authorization,content-type', at = gateway) =>
    fetch(`${at.url}${path}`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
    });
  const corsOf = ({ headers }: Response) => ({
    origin: headers.get('access-control-allow-origin'),
    vary: headers.get('vary'),
    credentials: headers.get('access-control-allow-credentials'),
  });
  const allowed = { origin: page, vary: 'origin', credentials: null };

  it.each([chat, '/v1/auth/login', '/v1/models', '/api/v1/chat/completions'])(
    'asks before %s without a credential',
    async (path) => {
      const answer = await preflight(path, page);

      expect({ status: answer.status, ...corsOf(answer) }).toEqual({ status: 204, ...allowed });
      expect(answer.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
      expect(answer.headers.get('access-control-allow-methods')).toContain('DELETE');
    },
  );

  it('may send the headers of SDKs, but not the one that makes a cookie count', async () => {
    const asked = 'x-stainless-lang,X-Aggregator-Session,anthropic-dangerous-direct-browser-access,x y';

    expect((await preflight(chat, page, asked)).headers.get('access-control-allow-headers')).toBe(
      'x-stainless-lang, anthropic-dangerous-direct-browser-access',
    );
  });

  it('gets the usual headers if it asks for a list that is too long', async () => {
    const asked = Array.from({ length: 500 }, (_, at) => `x-header-${at}`).join(',');
    expect((await preflight(chat, page, asked)).headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, x-api-key',
    );
  });

  it('reads answers, their headers, and errors', async () => {
    const answers = [
      await gateway.post(chat, '{}', { origin: page }),
      await gateway.post(chat, '{}', { origin: page, authorization: 'Bearer x' }),
      await gateway.post('/v1/nothing', '{}', { origin: page }),
      await gateway.post('/v1/auth/nothing', '{}', { origin: page, authorization: 'Bearer x' }),
      await gateway.post(`/v1/${'x'.repeat(9000)}`, '{}', { origin: page }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 401, 414]);
    for (const answer of answers) {
      expect(corsOf(answer)).toEqual(allowed);
      expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
      expect(answer.headers.get('x-request-id')).not.toBeNull();
    }
  });

  it('of another origin gets no header, and no preflight', async () => {
    for (const origin of ['https://evil.example.com', 'http://app.example.com', `${page}.evil.com`, 'null']) {
      expect(corsOf(await gateway.post(chat, '{}', { origin }))).toMatchObject({ origin: null });
      expect((await preflight(chat, origin)).status).toBe(405);
    }
  });

  it('uses a key of one origin from no other page; a client that is no browser uses it as before', async () => {
    const use = async (origin?: string) =>
      await gateway.post(chat, '{}', { authorization: `Bearer ${pageKey}`, ...(origin !== undefined && { origin }) });

    expect((await use(page)).status).toBe(200);
    expect((await use()).status).toBe(200);
    const refused = await use(other);
    expect(refused.status).toBe(403);
    expect(corsOf(refused)).toMatchObject({ origin: other });
    expect(await refused.json()).toMatchObject({ error: { code: 'insufficient_permissions' } });
  });

  it('of any origin may call if the operator says so, and then no origin is named', async () => {
    const open = await startGateway(proxy.url, { CORS_ORIGINS: '*' });
    try {
      expect(corsOf(await preflight(chat, 'https://any.example.com', '', open))).toEqual({
        origin: '*',
        vary: null,
        credentials: null,
      });
    } finally {
      await open.stop();
    }
  });

  it('may call nothing where no origin is set', async () => {
    const closed = await startGateway(proxy.url);
    try {
      expect((await preflight(chat, page, '', closed)).status).toBe(405);
      expect(corsOf(await closed.post(chat, '{}', { origin: page }))).toMatchObject({ origin: null });
    } finally {
      await closed.stop();
    }
  });

  it.each([
    'app.example.com',
    'https://app.example.com/',
    'https://*.example.com',
    'ftp://x',
    'https://a.example.com:443',
  ])('is not allowed by %s, which no browser writes', (origin) => {
    const environment = { CORS_ORIGINS: origin, INTERNAL_SIGNING_KEY: 'i'.repeat(43) };

    expect(() => readApiGatewayConfig(environment)).toThrow('CORS_ORIGINS');
  });
});
