import { randomBytes } from 'node:crypto';
import { AppError, type Principal } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { createInternalKeyring } from './internal-keyring.ts';
import { createIdentitySigner } from './sign-identity.ts';
import { createUuidV7 } from './uuid-v7.ts';
import { createIdentityVerifier } from './verify-identity.ts';

const seed = () => randomBytes(32).toString('base64url');
const principal: Principal = {
  orgId: createUuidV7(),
  userId: createUuidV7(),
  keyId: null,
  scopes: ['ai:invoke'],
  models: null,
  limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
};

const refusal = async (attempt: () => unknown): Promise<string> => {
  try {
    await attempt();
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('identity between services (I19)', () => {
  const keyring = createInternalKeyring(seed());
  const gateway = createIdentitySigner(keyring, 'api-gateway');
  const proxy = createIdentityVerifier(keyring, 'proxy');

  it('carries a principal from the gateway to the service it was signed for', async () => {
    const token = await gateway.signPrincipal(principal, 'proxy');

    expect(await proxy.verifyPrincipal(token)).toEqual(principal);
  });

  it('answers a principal seen before without waiting', async () => {
    const token = await gateway.signPrincipal(principal, 'proxy');
    await proxy.verifyPrincipal(token);

    expect(proxy.verifyPrincipal(token)).toEqual(principal);
  });

  it('signs a principal once and reuses the token', async () => {
    expect(await gateway.signPrincipal(principal, 'proxy')).toBe(await gateway.signPrincipal(principal, 'proxy'));
  });

  it('names the peer that signed', async () => {
    expect(await proxy.verifyPeer(await gateway.signPeer('proxy'))).toBe('api-gateway');
  });

  it('knows the operator as a peer, which speaks for no principal', async () => {
    const operator = createIdentitySigner(keyring, 'provider-operator');

    expect(await proxy.verifyPeer(await operator.signPeer('proxy'))).toBe('provider-operator');
    expect(await refusal(async () => proxy.verifyPrincipal(await operator.signPrincipal(principal, 'proxy')))).toBe(
      'invalid_peer',
    );
  });

  it('refuses no token, a token for another service, a foreign key, and a peer that speaks for a principal', async () => {
    const foreign = createIdentitySigner(createInternalKeyring(seed()), 'api-gateway');
    const billing = createIdentitySigner(keyring, 'billing');

    expect(await refusal(() => proxy.verifyPrincipal(undefined))).toBe('invalid_peer');
    expect(await refusal(async () => proxy.verifyPrincipal(await gateway.signPrincipal(principal, 'auth')))).toBe(
      'invalid_peer',
    );
    expect(await refusal(async () => proxy.verifyPrincipal(await foreign.signPrincipal(principal, 'proxy')))).toBe(
      'invalid_peer',
    );
    expect(await refusal(async () => proxy.verifyPrincipal(await billing.signPrincipal(principal, 'proxy')))).toBe(
      'invalid_peer',
    );
    expect(await refusal(async () => proxy.verifyPrincipal(await gateway.signPeer('proxy')))).toBe('invalid_peer');
    expect(await refusal(async () => proxy.verifyPeer(await gateway.signPrincipal(principal, 'proxy')))).toBe(
      'invalid_peer',
    );
  });

  it('refuses an expired token and one signed with another algorithm', async () => {
    const expired = await new SignJWT({ use: 'peer' })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer('api-gateway')
      .setAudience('proxy')
      .setExpirationTime(Math.floor(Date.now() / 1000) - 1)
      .sign(keyring.privateKey);
    const symmetric = await new SignJWT({ use: 'peer' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('api-gateway')
      .setAudience('proxy')
      .setExpirationTime('60s')
      .sign(keyring.publicKey.export({ format: 'der', type: 'spki' }));

    expect(await refusal(() => proxy.verifyPeer(expired))).toBe('invalid_peer');
    expect(await refusal(() => proxy.verifyPeer(symmetric))).toBe('invalid_peer');
  });
});

describe('createUuidV7', () => {
  it('makes well-formed ids that sort by their time', () => {
    const [early, late] = [createUuidV7(1_000), createUuidV7(2_000_000_000_000)];

    expect(early).toMatch(/^00000000-03e8-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, () => createUuidV7(1))).size).toBe(1000);
  });
});
