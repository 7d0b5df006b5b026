import { z } from 'zod';
import { variable } from './read-config.ts';

const keyText = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes as base64url (43 characters)');
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** By what the services of one installation know each other. */
export const identityVariables = {
  internalSigningKey: variable(
    'INTERNAL_SIGNING_KEY',
    keyText.optional(),
    'Ed25519 seed with which the services of one installation know each other. `openssl rand -base64 32 | tr +/ -_ | tr -d =` makes one.',
    { isSecret: true, requiredUnless: 'INTERNAL_PUBLIC_KEY' },
  ),
  internalPublicKey: variable(
    'INTERNAL_PUBLIC_KEY',
    keyText.optional(),
    'Public half of that key, 32 bytes as base64url: enough for every service but the gateway where peers are known by tokens of their service accounts.',
  ),
  peerTokensDirectory: variable(
    'PEER_TOKENS_DIRECTORY',
    z.string().optional(),
    "Folder with one token of this pod's service account for each service that it calls, by the service's name, as Kubernetes projects them. Where it is set, peers are known by such tokens alone.",
  ),
  peerAudiencePrefix: variable(
    'PEER_AUDIENCE_PREFIX',
    z.string().max(200).default('aggregator/'),
    "Before a service's name in the audience of those tokens.",
  ),
  peerServiceAccountPrefix: variable(
    'PEER_SERVICE_ACCOUNT_PREFIX',
    z.string().max(200).default('aggregator-'),
    "Before a peer's name in the name of its service account.",
  ),
  peerNamespace: variable(
    'PEER_NAMESPACE',
    z.string().max(63).optional(),
    'Namespace of those service accounts; unset, that of PEER_API_TOKEN_PATH.',
  ),
  peerIssuer: variable(
    'PEER_ISSUER',
    z.string().max(500).optional(),
    'Issuer of those tokens; unset, that of PEER_API_TOKEN_PATH.',
  ),
  peerKeysUrl: variable(
    'PEER_KEYS_URL',
    z.url({ protocol: /^https?$/ }).default('https://kubernetes.default.svc/openid/v1/jwks'),
    'Where the public keys of that issuer are.',
  ),
  peerKeysCaPath: variable(
    'PEER_KEYS_CA_PATH',
    z.string().default(`${accountFolder}/ca.crt`),
    'File with the certificates that are believed there.',
  ),
  peerApiTokenPath: variable(
    'PEER_API_TOKEN_PATH',
    z.string().default(`${accountFolder}/token`),
    'File with a token of this pod for the API server, which is asked for those keys.',
  ),
};
