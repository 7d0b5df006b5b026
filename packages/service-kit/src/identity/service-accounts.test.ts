import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@aggregator/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { commonVariables } from '../config/common-variables.ts';
import { ConfigError, readConfig } from '../config/read-config.ts';
import { type FakeIssuer, issuerName, startFakeIssuer, type TokenFacts } from '../testing/fake-issuer.ts';
import { createIdentity } from './create-identity.ts';
import { createInternalKeyring } from './internal-keyring.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { createPeerTokenFiles } from './peer-token-files.ts';
import { createIdentitySigner } from './sign-identity.ts';
import { createServiceAccountVerifier } from './verify-service-account.ts';

const seed = randomBytes(32).toString('base64url');
const publicKey = createInternalKeyring(seed).publicKey.export({ format: 'jwk' }).x ?? '';

const refusal = async (attempt: () => unknown): Promise<string> => {
  try {
    await attempt();
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('peers known by their service accounts (I19)', () => {
  let folder = '';
  let issuer: FakeIssuer;
  const clock = { now: 0 };
  beforeEach(async () => {
    clock.now = 0;
    folder = await mkdtemp(join(tmpdir(), 'aggregator-peers-'));
    issuer = await startFakeIssuer();
    await issuer.addKey('first', 'RS256');
    await writeFile(join(folder, 'api-token'), await issuer.sign({ audience: 'api', account: 'aggregator-billing' }));
  });
  afterEach(async () => {
    await issuer.close();
    await rm(folder, { recursive: true, force: true });
  });

  const configure = (change: Record<string, string> = {}) =>
    readConfig(commonVariables('billing', 0), {
      INTERNAL_PUBLIC_KEY: publicKey,
      PEER_TOKENS_DIRECTORY: folder,
      PEER_KEYS_URL: issuer.url,
      PEER_API_TOKEN_PATH: join(folder, 'api-token'),
      ...change,
    });
  const openVerifier = () => {
    const { find } = new IssuerKeys({
      ...{ url: issuer.url, caPath: '', tokenPath: join(folder, 'api-token') },
      now: () => clock.now,
    });
    const facts = {
      issuer: issuerName,
      audience: 'aggregator/billing',
      namespace: 'ours',
      accountPrefix: 'aggregator-',
    };
    return createServiceAccountVerifier({ ...facts, findKey: find });
  };

  it('a peer is named by the account that its token is for, whichever kind of key signed it', async () => {
    const { verifier } = createIdentity(configure(), 'billing');

    expect(await verifier.verifyPeer(await issuer.sign())).toBe('proxy');
    await issuer.addKey('second', 'ES256');
    const later = createIdentity(configure(), 'billing').verifier;
    expect(await later.verifyPeer(await issuer.sign({ account: 'aggregator-provider-operator' }))).toBe(
      'provider-operator',
    );
    expect(issuer.asked[0]).toMatch(/^Bearer ey/);
  });

  it.each<[string, TokenFacts]>([
    ['for another service', { audience: 'aggregator/auth' }],
    ['for the API server', { audience: 'https://kubernetes.default.svc' }],
    ['of the same account in another namespace', { namespace: 'theirs' }],
    ['of an account that is no peer', { account: 'aggregator-dashboard' }],
    ['of an account without the prefix', { account: 'proxy' }],
    ['of another issuer', { issuer: 'https://elsewhere' }],
    ['that expired longer ago than clocks differ', { lifetimeSeconds: -61 }],
  ])('a token %s is refused', async (_name, facts) => {
    const { verifier } = createIdentity(configure(), 'billing');

    expect(await refusal(async () => verifier.verifyPeer(await issuer.sign(facts)))).toBe('invalid_peer');
  });

  it('a token that expired a moment ago is let in, since clocks differ', async () => {
    expect(await openVerifier().verifyPeer(await issuer.sign({ lifetimeSeconds: -30 }))).toBe('proxy');
  });

  it('an unsigned token, one signed with a public key, and one of our own key are refused', async () => {
    const { verifier } = createIdentity(configure(), 'billing');
    const subject = 'system:serviceaccount:ours:aggregator-proxy';
    const unsigned = new UnsecuredJWT({}).setIssuer(issuerName).setAudience('aggregator/billing').setSubject(subject);
    const symmetric = new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'first' }).setIssuer(issuerName);
    const signed = symmetric.setAudience('aggregator/billing').setSubject(subject).setExpirationTime('10m');
    const byKey = createIdentitySigner(createInternalKeyring(seed), 'proxy');

    expect(await refusal(() => verifier.verifyPeer(unsigned.setExpirationTime('10m').encode()))).toBe('invalid_peer');
    expect(await refusal(async () => verifier.verifyPeer(await signed.sign(Buffer.from(publicKey))))).toBe(
      'invalid_peer',
    );
    expect(await refusal(async () => verifier.verifyPeer(await byKey.signPeer('billing')))).toBe('invalid_peer');
    // None of them is worth a question.
    expect(issuer.asked.length).toBe(0);
    expect(await refusal(() => verifier.verifyPeer(undefined))).toBe('invalid_peer');
  });

  it('a new key of the issuer is found when a token names it, and made-up names cost the issuer nothing', async () => {
    const verifier = openVerifier();
    await verifier.verifyPeer(await issuer.sign());
    clock.now += 10_000;
    await issuer.addKey('second', 'ES256');

    expect(await verifier.verifyPeer(await issuer.sign())).toBe('proxy');
    expect(issuer.asked.length).toBe(2);
    const storm = Array.from({ length: 50 }, async (_, index) =>
      refusal(async () => verifier.verifyPeer(await issuer.sign({ kid: `made-up-${index}` }))),
    );
    expect(new Set(await Promise.all(storm))).toEqual(new Set(['invalid_peer']));
    expect(issuer.asked.length).toBe(2);
  });

  it('peers are known while the issuer is away, by the keys known last', async () => {
    const verifier = openVerifier();
    await verifier.verifyPeer(await issuer.sign());
    issuer.mode = 'fail';
    clock.now += 7_200_000;

    expect(await verifier.verifyPeer(await issuer.sign({ lifetimeSeconds: 601 }))).toBe('proxy');
    expect(await verifier.verifyPeer(await issuer.sign({ lifetimeSeconds: 602 }))).toBe('proxy');
  });

  it('an issuer that hangs is given up on, and asked again when it may have come back', async () => {
    const verifier = openVerifier();
    issuer.mode = 'hang';
    const token = await issuer.sign();
    const startedMs = performance.now();

    const refused = await Promise.all([1, 2, 3].map(() => refusal(() => verifier.verifyPeer(token))));

    expect(refused).toEqual(['service_unavailable', 'service_unavailable', 'service_unavailable']);
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    expect(issuer.asked.length).toBe(1);
    issuer.mode = 'answer';
    clock.now += 1000;
    expect(await verifier.verifyPeer(token)).toBe('proxy');
  });

  it('the token for a service is read again when Kubernetes has replaced it, and kept where it is gone', async () => {
    const signer = createPeerTokenFiles(folder, () => clock.now);
    await writeFile(join(folder, 'auth'), 'one\n');

    expect(await signer.signPeer('auth')).toBe('one');
    await writeFile(join(folder, 'auth'), 'two\n');
    expect(await signer.signPeer('auth')).toBe('one');
    clock.now += 30_000;
    expect(await signer.signPeer('auth')).toBe('two');
    await rm(join(folder, 'auth'));
    clock.now += 30_000;
    expect(await signer.signPeer('auth')).toBe('two');
    expect(await refusal(() => signer.signPeer('proxy'))).toBe('service_unavailable');
  });

  it('the gateway signs principals with its key, which all others only check', async () => {
    const gateway = createIdentity(configure({ INTERNAL_PUBLIC_KEY: '', INTERNAL_SIGNING_KEY: seed }), 'api-gateway');
    const proxy = createIdentity(configure(), 'proxy');
    const principal = {
      ...{ orgId: '0193c5a0-0000-7000-8000-000000000001', userId: '0193c5a0-0000-7000-8000-000000000002', keyId: null },
      ...{ scopes: [], models: null },
      limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
    };

    expect(await proxy.verifier.verifyPrincipal(await gateway.signer.signPrincipal(principal, 'proxy'))).toEqual(
      principal,
    );
    expect(await refusal(() => proxy.signer.signPrincipal(principal, 'billing'))).toBe('internal_error');
  });

  it.each([
    ['no key at all', { INTERNAL_PUBLIC_KEY: '' }, 'billing', /INTERNAL_SIGNING_KEY: is not set, and neither/],
    ['no private key at the gateway', {}, 'api-gateway', /INTERNAL_SIGNING_KEY: .* the gateway/],
    ['nothing to identify it to its peers', { PEER_TOKENS_DIRECTORY: '' }, 'billing', /PEER_TOKENS_DIRECTORY/],
    [
      'halves of two keys',
      { INTERNAL_SIGNING_KEY: 'A'.repeat(43) },
      'billing',
      /INTERNAL_PUBLIC_KEY: is not the public/,
    ],
    ['no own token', { PEER_API_TOKEN_PATH: '/nowhere' }, 'billing', /PEER_API_TOKEN_PATH: \/nowhere/],
  ] as const)('a service with %s says so and does not start', (_name, change, self, message) => {
    const start = () => createIdentity(configure(change), self);

    expect(start).toThrow(ConfigError);
    expect(start).toThrow(message);
  });
});
