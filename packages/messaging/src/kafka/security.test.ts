import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTokenSource } from './oauth-token.ts';
import { toSecurityConfig } from './security.ts';

describe('the identity of a Kafka client', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kafka-security-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is none where nothing is set', () => {
    expect(toSecurityConfig({})).toEqual({});
  });

  it('trusts the runtime where TLS names no file', () => {
    expect(toSecurityConfig({ tls: {} })).toEqual({ ssl: {} });
  });

  it('is read from the files of TLS', () => {
    const paths = {
      caPath: join(directory, 'ca'),
      certificatePath: join(directory, 'cert'),
      keyPath: join(directory, 'key'),
    };
    for (const path of Object.values(paths)) writeFileSync(path, path);
    const { ssl } = toSecurityConfig({ tls: paths });
    expect(ssl).toEqual({
      ca: Buffer.from(paths.caPath),
      cert: Buffer.from(paths.certificatePath),
      key: Buffer.from(paths.keyPath),
    });
  });

  it('fails at the start where a file is missing', () => {
    expect(() => toSecurityConfig({ tls: { caPath: join(directory, 'none') } })).toThrow('ENOENT');
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('is a name and a password for %s', (mechanism) => {
    const sasl = { mechanism, username: 'aggregator', password: 'secret' };
    expect(toSecurityConfig({ sasl })).toEqual({ sasl });
  });
});

describe('a token for OAUTHBEARER', () => {
  let server: Server;
  let answers: { status: number; body: string; location?: string }[];
  let requests: { authorization: string | undefined; body: string }[];
  let nowMs: number;
  beforeEach(async () => {
    [answers, requests, nowMs] = [[], [], 0];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        requests.push({ authorization: request.headers.authorization, body });
        const { status, body: answer, location } = answers.shift() ?? { status: 500, body: '' };
        response.writeHead(status, location === undefined ? {} : { location }).end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  function openSource() {
    const { port } = server.address() as AddressInfo;
    const client = {
      tokenUrl: `http://127.0.0.1:${port}/token`,
      clientId: 'agg:1',
      clientSecret: 's&cret',
      scope: 'kafka',
    };
    return createTokenSource(client, () => nowMs);
  }
  const token = (value: string) => ({ status: 200, body: JSON.stringify({ access_token: value, expires_in: 100 }) });

  it('is fetched once for many connections, and again after 80 % of its life', async () => {
    answers = [token('one'), token('two')];
    const readToken = openSource();
    expect(await Promise.all([readToken(), readToken()])).toEqual(['one', 'one']);
    nowMs = 79_999;
    expect(await readToken()).toBe('one');
    nowMs = 80_000;
    expect(await readToken()).toBe('two');
    expect(requests).toHaveLength(2);
    expect(requests[0]).toEqual({
      authorization: `Basic ${Buffer.from('agg%3A1:s%26cret').toString('base64')}`,
      body: 'grant_type=client_credentials&scope=kafka',
    });
  });

  it.each([
    ['an error', { status: 401, body: 's&cret' }, 'the token server answered 401'],
    ['no JSON', { status: 200, body: '<html>' }, 'the token server answered no token'],
    ['no token', { status: 200, body: '{}' }, 'the token server answered no token'],
    ['a redirect', { status: 302, body: '', location: 'http://127.0.0.1:1/' }, 'fetch failed'],
  ])('rejects %s, without the secret, and asks again', async (_name, answer, message) => {
    answers = [answer, token('one')];
    const readToken = openSource();
    await expect(readToken()).rejects.toThrow(message);
    expect(await readToken()).toBe('one');
  });
});
