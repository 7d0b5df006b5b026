import { once } from 'node:events';
import { createServer } from 'node:http';
import { accessTokenAlgorithm, accessTokenIssuer, type Principal } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { AccessTokens } from './access-tokens.ts';

const organizationId = '0193c5a0-0000-7000-8000-000000000001';
const userId = '0193c5a0-0000-7000-8000-000000000002';

describe('AccessTokens', () => {
  const keys: unknown[] = [];
  const jwks = createServer((_request, response) => void response.end(JSON.stringify({ keys })));
  let url = '';
  let token = '';

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair(accessTokenAlgorithm);
    keys.push({ ...(await exportJWK(publicKey)), kid: 'k', alg: accessTokenAlgorithm });
    token = await new SignJWT({ org: organizationId, scopes: ['ai:invoke'], sid: userId, use: 'access' })
      .setProtectedHeader({ alg: accessTokenAlgorithm, kid: 'k' })
      .setSubject(userId)
      .setIssuer(accessTokenIssuer)
      .setAudience(accessTokenIssuer)
      .setExpirationTime('15m')
      .sign(privateKey);
    jwks.listen(0, '127.0.0.1');
    await once(jwks, 'listening');
    const address = jwks.address();
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  });
  afterAll(() => {
    jwks.closeAllConnections();
    jwks.close();
  });

  const session: Principal = {
    orgId: organizationId,
    userId,
    keyId: null,
    sessionId: userId,
    scopes: ['ai:invoke', 'keys:manage'],
    models: null,
    limits: { requestsPerMinute: 60, tokensPerMinute: null, concurrentRequests: 2 },
  };

  it('carries the limits and the masking of now when they differ from those of the signing', async () => {
    const auth = { session };
    const tokens = new AccessTokens(url, () => auth.session);

    expect(await tokens.find(token)).toMatchObject({ userId, keyId: null, limits: { requestsPerMinute: 60 } });
    auth.session = { ...session, limits: { ...session.limits, requestsPerMinute: 1 }, privacy: { mode: 'mask' } };
    expect(await tokens.find(token)).toMatchObject({ limits: { requestsPerMinute: 1 }, privacy: { mode: 'mask' } });
  });

  it('has a scope only if both the token and the role of now have it (I3)', async () => {
    const auth = { session };
    const tokens = new AccessTokens(url, () => auth.session);

    expect(await tokens.find(token)).toMatchObject({ scopes: ['ai:invoke'] });
    auth.session = { ...session, scopes: ['keys:manage'] };
    expect(await tokens.find(token)).toMatchObject({ scopes: [] });
  });

  it('returns the same principal as long as the session is the same, so that it is signed once', async () => {
    const tokens = new AccessTokens(url, async () => session);

    const first = await tokens.find(token);
    expect(await tokens.find(token)).toBe(first);
  });

  it.each([
    ['is over', null],
    ['belongs to another user', { ...session, userId: organizationId }],
    ['belongs to another organisation', { ...session, orgId: userId }],
  ])('rejects a token when its session %s (I3)', async (_name, found) => {
    const tokens = new AccessTokens(url, async () => found);
    await expect(Promise.resolve(tokens.find(token))).rejects.toThrow('invalid_token');
  });

  it('rejects every token when auth cannot be reached', async () => {
    const tokens = new AccessTokens(url, () => Promise.reject(new Error('auth is away')));
    await expect(Promise.resolve(tokens.find(token))).rejects.toThrow('auth is away');
  });
});
