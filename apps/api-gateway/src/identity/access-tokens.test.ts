import { once } from 'node:events';
import { createServer } from 'node:http';
import { accessTokenAlgorithm, accessTokenIssuer, type PrivacyPolicy } from '@aggregator/contracts';
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

  it('carry what their organisation masks now, whatever it was when they were signed or came first', async () => {
    const policy: PrivacyPolicy = { mode: 'mask', names: ['Ann'] };
    const auth = { privacy: null as PrivacyPolicy | null };
    const tokens = new AccessTokens(url, () => auth.privacy);

    expect(await tokens.find(token)).toMatchObject({ orgId: organizationId, userId, keyId: null });
    auth.privacy = policy;
    expect(await tokens.find(token)).toMatchObject({ privacy: policy });
    auth.privacy = null;
    expect((await tokens.find(token)).privacy ?? null).toBeNull();
  });

  it('are the same principal for as long as the policy is the same, so that it is signed once', async () => {
    const policy: PrivacyPolicy = { mode: 'mask' };
    const tokens = new AccessTokens(url, async () => policy);

    const first = await tokens.find(token);
    expect(await tokens.find(token)).toBe(first);
  });

  it('let nobody in while the policy cannot be told', async () => {
    const tokens = new AccessTokens(url, () => Promise.reject(new Error('auth is away')));
    await expect(Promise.resolve(tokens.find(token))).rejects.toThrow('auth is away');
  });
});
