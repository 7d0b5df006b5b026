// `npm run --silent k8s:secrets | kubectl apply --namespace aggregator -f -`: the Secrets of a development installation, with
// random values that are kept in var/ so that a second run changes nothing. `-- --keys` prints only the Secret of keys, new
// each time and kept nowhere, for any other installation; `--namespace` writes one into them.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createApiKey } from '@aggregator/contracts';
import { createInternalKeyring, databaseName, environmentPrefix } from '@aggregator/service-kit';
import { stringify } from 'yaml';
import { z } from 'zod';

const services = ['auth', 'provider-orchestrator', 'billing', 'analytics'] as const;
const keptAt = fileURLToPath(new URL('../var/dev-secrets.json', import.meta.url));
const secretsSchema = z.record(z.string(), z.record(z.string(), z.string()));
type Secrets = z.output<typeof secretsSchema>;

const random = () => randomBytes(32).toString('base64url');

function createKeys(): Record<string, string> {
  const seed = random();
  return {
    INTERNAL_SIGNING_KEY: seed,
    INTERNAL_PUBLIC_KEY: createInternalKeyring(seed).publicKey.export({ format: 'jwk' }).x ?? '',
    KEY_PEPPER: random(),
    AUTH_JWT_PRIVATE_KEY: random(),
    CREDENTIALS_ENCRYPTION_KEY: random(),
  };
}

/** As k8s/dev has the stores. */
function createSecrets(): Secrets {
  const [postgres, redis] = [random(), random()];
  const databases = services.map((service) => [
    `${environmentPrefix(service)}_DATABASE_URL`,
    `postgresql://postgres:${postgres}@postgres:5432/${databaseName(service)}`,
  ]);
  return {
    'dev-postgres': { POSTGRES_PASSWORD: postgres },
    'dev-redis': { REDIS_PASSWORD: redis },
    'aggregator-databases': Object.fromEntries(databases),
    'aggregator-redis': { REDIS_URL: `redis://:${redis}@redis:6379` },
    'aggregator-kafka': { KAFKA_BROKERS: 'kafka:9092' },
    'aggregator-keys': createKeys(),
    'aggregator-seed': { SEED_ADMIN_PASSWORD: random(), SEED_API_KEY: createApiKey(randomBytes(32)) },
  };
}

function readOrCreateSecrets(): Secrets {
  try {
    return secretsSchema.parse(JSON.parse(readFileSync(keptAt, 'utf8')));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const secrets = createSecrets();
  mkdirSync(dirname(keptAt), { recursive: true });
  writeFileSync(keptAt, JSON.stringify(secrets), { mode: 0o600, flag: 'wx' });
  return secrets;
}

const { values } = parseArgs({ options: { namespace: { type: 'string' }, keys: { type: 'boolean', default: false } } });
const { namespace, keys } = values;
const secrets = keys ? { 'aggregator-keys': createKeys() } : readOrCreateSecrets();
for (const [name, stringData] of Object.entries(secrets)) {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  process.stdout.write(`---\n${stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData })}`);
}
