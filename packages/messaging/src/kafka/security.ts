import { readFileSync } from 'node:fs';
import type { KafkaConfig } from 'kafkajs';
import { createTokenSource, type OauthClient } from './oauth-token.ts';

/** How brokers are reached. Files are PEM. */
export interface KafkaSecurity {
  /** TLS; the certificates of the runtime are trusted where `caPath` is not given. */
  tls?: { caPath?: string | undefined; certificatePath?: string | undefined; keyPath?: string | undefined } | undefined;
  sasl?:
    | { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
    | { mechanism: 'oauthbearer'; client: OauthClient }
    | undefined;
}

/**
 * Returns the part of the library's configuration that concerns identity. Reads the files now.
 * @throws if a file cannot be read.
 */
export function toSecurityConfig({ tls, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(tls && {
      ssl: {
        ...(tls.caPath !== undefined && { ca: readFileSync(tls.caPath) }),
        ...(tls.certificatePath !== undefined && { cert: readFileSync(tls.certificatePath) }),
        ...(tls.keyPath !== undefined && { key: readFileSync(tls.keyPath) }),
      },
    }),
    ...(sasl && { sasl: toLibrarySasl(sasl) }),
  };
}

function toLibrarySasl(sasl: NonNullable<KafkaSecurity['sasl']>): NonNullable<KafkaConfig['sasl']> {
  if (sasl.mechanism === 'oauthbearer') {
    const readToken = createTokenSource(sasl.client);
    return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await readToken() }) };
  }
  const { mechanism, username, password } = sasl;
  if (mechanism === 'plain') return { mechanism, username, password };
  if (mechanism === 'scram-sha-256') return { mechanism, username, password };
  return { mechanism, username, password };
}
