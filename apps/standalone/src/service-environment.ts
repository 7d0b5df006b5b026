import { join } from 'node:path';
import type { ServiceName } from '@aggregator/contracts';
import { defaultPorts, type Environment, environmentPrefix, withDatabaseUrls } from '@aggregator/service-kit';
import type { StandaloneConfig } from './config.ts';
import type { Secrets } from './secrets.ts';

const services = Object.keys(defaultPorts) as ServiceName[];

/** Port of a service: its usual distance from the gateway's. */
export function portOf(service: ServiceName, config: StandaloneConfig): number {
  return config.portBase + defaultPorts[service] - defaultPorts['api-gateway'];
}

/**
 * The environment that the six services read: what the operator set, over what the embedded form gives them. Secrets of
 * the state directory only stand in where the operator named none.
 */
export function serviceEnvironment(options: {
  environment: Environment;
  config: StandaloneConfig;
  secrets: Secrets;
  databaseServerUrl: string;
}): Environment {
  const { environment, config, secrets, databaseServerUrl } = options;
  const { PORT: _port, ADMIN_PORT: _adminPort, ...given } = environment;
  const addresses: Record<string, string> = {};
  for (const service of services) {
    addresses[`${environmentPrefix(service)}_PORT`] = String(portOf(service, config));
    addresses[`${environmentPrefix(service)}_URL`] = `http://127.0.0.1:${portOf(service, config)}`;
  }
  return withDatabaseUrls({
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'text',
    SHUTDOWN_GRACE_MS: '10000',
    SIGN_UP_CREDIT_NANO_USD: '5000000000',
    DEFAULT_REQUESTS_PER_MINUTE: '60000',
    DEFAULT_CONCURRENT_REQUESTS: '1000',
    STRANDED_LEASE_RELEASE_MS: '60000',
    MAIL_TRANSPORT: 'log',
    REQUEST_FINGERPRINTS: 'true',
    ALERT_METRICS_URLS: services.map((service) => `http://127.0.0.1:${portOf(service, config)}`).join(','),
    PUBLIC_URL: `http://127.0.0.1:${config.portBase}`,
    RECLAIM_ON_CLOSE: config.redisUrl === undefined ? 'true' : 'false',
    SPOOL_DIRECTORY: join(config.stateDirectory, 'spool'),
    SNAPSHOT_PATH: join(config.stateDirectory, 'snapshot.json'),
    INTERNAL_SIGNING_KEY: secrets.internalSigningKey,
    KEY_PEPPER: secrets.keyPepper,
    AUTH_JWT_PRIVATE_KEY: secrets.jwtPrivateKey,
    CREDENTIALS_ENCRYPTION_KEY: secrets.credentialsEncryptionKey,
    ...given,
    ...addresses,
    DATABASE_URL: databaseServerUrl,
  });
}
