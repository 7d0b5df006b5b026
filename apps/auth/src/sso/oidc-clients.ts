import { createEgressAgent, type EgressAllowlist, type HttpProxies } from '@aggregator/service-kit';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';
import { fetch } from 'undici';

const deadlineSeconds = 10;
const answerBytesMax = 1024 * 1024;
/** Metadata and keys of a provider are read again after this time. */
const keptMs = 3_600_000;

/** What a client of one identity provider is made of. `version` changes with each of them. */
export interface OidcSettings {
  readonly id: string;
  readonly version: number;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
}

/** Clients of identity providers, with their metadata and keys. As many as there are providers. */
export interface OidcClients {
  /** Rejects if the provider cannot be reached, or its metadata name another issuer. */
  open(settings: OidcSettings): Promise<Configuration>;
  close(): Promise<void>;
}

export function createOidcClients(options: {
  allowlist: EgressAllowlist;
  proxies: HttpProxies;
  now(): number;
}): OidcClients {
  const agent = createEgressAgent({
    ...{ allowlist: options.allowlist, proxies: options.proxies },
    connect: { timeout: deadlineSeconds * 1000 },
    agent: { connections: 8, maxResponseSize: answerBytesMax },
  });
  // The agent judges every address that is connected to, also of the endpoints that the metadata name.
  const guarded = (url: string, request: object) => fetch(url, { ...request, dispatcher: agent });
  const kept = new Map<string, { version: number; until: number; client: Promise<Configuration> }>();

  return {
    open(settings) {
      const { id, version } = settings;
      const known = kept.get(id);
      if (known?.version === version && known.until > options.now()) return known.client;
      const client = discover(settings, guarded);
      const entry = { version, until: options.now() + keptMs, client };
      kept.set(id, entry);
      // A failure is not kept; callers that wait for the same one share it.
      client.catch(() => kept.get(id) === entry && kept.delete(id));
      return client;
    },
    close: () => agent.destroy(),
  };
}

/** Reads the metadata. Signatures of ID tokens are verified, although they come from the token endpoint itself. */
async function discover(settings: OidcSettings, guarded: unknown): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  // undici's Response is that of the platform in all that the library reads.
  const fetchGuarded = guarded as NonNullable<Configuration[typeof customFetch]>;
  const checks = [...(issuer.startsWith('http:') ? [allowInsecureRequests] : []), enableNonRepudiationChecks];
  const auth = clientSecret === null ? None() : ClientSecretPost(clientSecret);
  const client = await discovery(new URL(issuer), clientId, {}, auth, {
    ...{ [customFetch]: fetchGuarded, timeout: deadlineSeconds, execute: checks },
  });
  const methods = client.serverMetadata().token_endpoint_auth_methods_supported;
  if (clientSecret === null || methods === undefined || methods.includes('client_secret_post')) return client;
  const basic = new Configuration(client.serverMetadata(), clientId, {}, ClientSecretBasic(clientSecret));
  for (const check of checks) check(basic);
  basic.timeout = deadlineSeconds;
  basic[customFetch] = fetchGuarded;
  return basic;
}
