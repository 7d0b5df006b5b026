import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** What the next login returns; a test changes it to attack. */
export interface NextAnswer {
  /** Claims beside `iss`, `aud`, `nonce` and the times, or in their place. */
  claims: JWTPayload;
  /** `none`: an unsigned ID token. `foreign`: one that another key signed. */
  signedBy: 'key' | 'foreign' | 'none';
  /** Claims of UserInfo; the endpoint is absent if null. */
  userInfo: Record<string, unknown> | null;
}

/** An OpenID provider whose answers a test decides. Everyone who comes is logged in at once. */
export interface FakeIdentityProvider {
  readonly issuer: string;
  readonly next: NextAnswer;
  /** Requests to the token endpoint. */
  tokenRequests: URLSearchParams[];
  stop(): Promise<void>;
}

export async function startFakeIdentityProvider(): Promise<FakeIdentityProvider> {
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' };
  const next: NextAnswer = { claims: { sub: 'person' }, signedBy: 'key', userInfo: null };
  const tokenRequests: URLSearchParams[] = [];
  const codes = new Map<string, { nonce: string; clientId: string }>();
  let issuer = '';

  async function toIdToken(code: string): Promise<string> {
    const { nonce, clientId } = codes.get(code) ?? { nonce: '', clientId: '' };
    const seconds = Math.floor(Date.now() / 1000);
    const standard = { iss: issuer, aud: clientId, nonce, iat: seconds, exp: seconds + 300 };
    const payload = { ...standard, ...next.claims };
    if (next.signedBy === 'none') {
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${encode({ alg: 'none' })}.${encode(payload)}.`;
    }
    const { privateKey } = next.signedBy === 'key' ? own : foreign;
    return await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'own' }).sign(privateKey);
  }

  const pages: Record<string, (url: URL, body: string) => unknown> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      ...(next.userInfo !== null && { userinfo_endpoint: `${issuer}/userinfo` }),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'none'],
    }),
    '/jwks': () => ({ keys: [jwk] }),
    '/userinfo': () => next.userInfo,
    '/authorize'({ searchParams }) {
      const code = `code-${codes.size + 1}`;
      const query = (name: string) => searchParams.get(name) ?? '';
      codes.set(code, { nonce: query('nonce'), clientId: query('client_id') });
      const back = new URL(query('redirect_uri'));
      back.searchParams.set('code', code);
      back.searchParams.set('state', query('state'));
      return back;
    },
    async '/token'(_url, body) {
      const request = new URLSearchParams(body);
      tokenRequests.push(request);
      const code = request.get('code') ?? '';
      // A code works again and again: what must work once is ours to see.
      return { access_token: 'a', token_type: 'Bearer', id_token: await toIdToken(code) };
    },
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const answer = await pages[url.pathname]?.(url, await readText(request));
    if (answer instanceof URL) return response.writeHead(302, { location: answer.href }).end();
    response.writeHead(answer == null ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    return;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ issuer, next, tokenRequests },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
