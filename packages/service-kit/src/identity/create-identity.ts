import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError, type PeerName } from '@aggregator/contracts';
import { decodeJwt } from 'jose';
import type { CommonConfig } from '../config/common-variables.ts';
import { ConfigError } from '../config/read-config.ts';
import { createInternalKeyring, createInternalPublicKey } from './internal-keyring.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { createPeerTokenFiles } from './peer-token-files.ts';
import { createIdentitySigner, type IdentitySigner } from './sign-identity.ts';
import { createIdentityVerifier, type IdentityVerifier } from './verify-identity.ts';
import { createServiceAccountVerifier } from './verify-service-account.ts';

/** How a service identifies itself to its peers, and verifies them. */
export interface Identity {
  readonly signer: IdentitySigner;
  readonly verifier: IdentityVerifier;
}

/**
 * By one shared key if there is nothing else; if Kubernetes gives each pod its own tokens, peers are verified by
 * those alone, and only the gateway, which speaks for principals, has a private key. Throws ConfigError.
 */
export function createIdentity(config: CommonConfig, self: PeerName): Identity {
  const keys = readKeys(config, self);
  const byKey: Identity = {
    signer:
      keys.privateKey === null ? silentSigner : createIdentitySigner({ ...keys, privateKey: keys.privateKey }, self),
    verifier: createIdentityVerifier(keys, self),
  };
  if (config.peerTokensDirectory === undefined) return byKey;
  const { verifyPeer } = openServiceAccounts(config, self);
  return {
    signer: { ...byKey.signer, ...createPeerTokenFiles(config.peerTokensDirectory) },
    verifier: { ...byKey.verifier, verifyPeer },
  };
}

function readKeys(config: CommonConfig, self: PeerName): { publicKey: KeyObject; privateKey: KeyObject | null } {
  const { internalSigningKey: seed, internalPublicKey: text, peerTokensDirectory } = config;
  const publicKey = text === undefined ? null : createInternalPublicKey(text);
  if (seed !== undefined) {
    const keyring = createInternalKeyring(seed);
    if (publicKey !== null && !isSame(publicKey, keyring.publicKey)) {
      throw new ConfigError(['INTERNAL_PUBLIC_KEY: is not the public half of INTERNAL_SIGNING_KEY']);
    }
    return keyring;
  }
  if (publicKey === null)
    throw new ConfigError(['INTERNAL_SIGNING_KEY: is not set, and neither is INTERNAL_PUBLIC_KEY']);
  if (self === 'api-gateway') {
    throw new ConfigError(['INTERNAL_SIGNING_KEY: is not set, and the gateway signs with it for whom it asks']);
  }
  if (peerTokensDirectory === undefined) {
    throw new ConfigError([
      'PEER_TOKENS_DIRECTORY: is not set, and INTERNAL_PUBLIC_KEY alone does not identify this service to its peers; set this, or INTERNAL_SIGNING_KEY',
    ]);
  }
  return { publicKey, privateKey: null };
}

function isSame(one: KeyObject, other: KeyObject): boolean {
  const [first, second] = [one, other].map((key) => key.export({ format: 'der', type: 'spki' }));
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

function openServiceAccounts(config: CommonConfig, self: PeerName): Pick<IdentityVerifier, 'verifyPeer'> {
  const own = config.peerIssuer !== undefined && config.peerNamespace !== undefined ? null : readOwnToken(config);
  const issuer = config.peerIssuer ?? own?.issuer;
  const namespace = config.peerNamespace ?? own?.namespace;
  if (issuer === undefined || namespace === undefined) {
    throw new ConfigError([
      `PEER_API_TOKEN_PATH: ${config.peerApiTokenPath} holds no token of a service account; it must, or PEER_ISSUER and PEER_NAMESPACE must be set`,
    ]);
  }
  const keys = new IssuerKeys({
    url: config.peerKeysUrl,
    caPath: config.peerKeysCaPath,
    tokenPath: config.peerApiTokenPath,
    now: () => performance.now(),
  });
  return createServiceAccountVerifier({
    ...{ findKey: keys.find, issuer, namespace },
    audience: `${config.peerAudiencePrefix}${self}`,
    accountPrefix: config.peerServiceAccountPrefix,
  });
}

/** What our own token says of who issued it and where we are. Its signature is for others to check. */
function readOwnToken({ peerApiTokenPath }: CommonConfig): {
  issuer: string | undefined;
  namespace: string | undefined;
} {
  try {
    const { iss, sub } = decodeJwt(readFileSync(peerApiTokenPath, 'utf8').trim());
    return { issuer: iss, namespace: /^system:serviceaccount:([^:]+):[^:]+$/.exec(sub ?? '')?.[1] };
  } catch {
    return { issuer: undefined, namespace: undefined };
  }
}

function refuseToSign(): Promise<string> {
  return Promise.reject(new AppError('internal_error', { internal: 'there is no private key to sign with' }));
}

const silentSigner: IdentitySigner = { signPeer: refuseToSign, signPrincipal: refuseToSign };
