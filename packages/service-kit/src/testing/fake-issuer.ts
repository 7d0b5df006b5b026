import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWK, SignJWT } from 'jose';

export interface TokenFacts {
  audience?: string;
  account?: string;
  namespace?: string;
  issuer?: string;
  /** Seconds from now. */
  lifetimeSeconds?: number;
  kid?: string;
}

/** Issues tokens of service accounts and serves its public keys, as an API server does. */
export interface FakeIssuer {
  readonly url: string;
  /** How often its keys were asked for. */
  readonly asked: readonly (string | undefined)[];
  /** What it does when it is asked. */
  mode: 'answer' | 'fail' | 'hang';
  /** A new key under this name; the one that signs from now on. */
  addKey(kid: string, algorithm: 'RS256' | 'ES256'): Promise<void>;
  sign(facts?: TokenFacts): Promise<string>;
  close(): Promise<void>;
}

export const issuerName = 'https://kubernetes.default.svc.cluster.local';

export async function startFakeIssuer(): Promise<FakeIssuer> {
  const asked: (string | undefined)[] = [];
  const published: JWK[] = [];
  let signing: { kid: string; algorithm: string; key: ReturnType<typeof createPair>['privateKey'] } | null = null;
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    if (issuer.mode === 'answer') response.end(JSON.stringify({ keys: published }));
    if (issuer.mode === 'fail') response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const issuer: FakeIssuer = {
    url: `http://127.0.0.1:${port}/openid/v1/jwks`,
    asked,
    mode: 'answer',
    async addKey(kid, algorithm) {
      const { publicKey, privateKey } = createPair(algorithm);
      published.push({ ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' });
      signing = { kid, algorithm, key: privateKey };
    },
    async sign(facts = {}) {
      if (signing === null) throw new Error('there is no key');
      const { namespace = 'ours', account = 'aggregator-proxy', lifetimeSeconds = 600 } = facts;
      return await new SignJWT({})
        .setProtectedHeader({ alg: signing.algorithm, kid: facts.kid ?? signing.kid })
        .setIssuer(facts.issuer ?? issuerName)
        .setAudience(facts.audience ?? 'aggregator/billing')
        .setSubject(`system:serviceaccount:${namespace}:${account}`)
        .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeSeconds)
        .sign(signing.key);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}

function createPair(algorithm: 'RS256' | 'ES256') {
  return algorithm === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
}
