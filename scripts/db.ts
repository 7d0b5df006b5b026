// `npm run db:migrate` and `npm run db:seed`, on the server of DATABASE_URL or each service's own `<SERVICE>_DATABASE_URL`.
// Both may be run again at any time: what is there is kept.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ensureDatabaseOf, migrateDatabase } from '@aggregator/database';
import { completeEnvironment, environmentPrefix, processEnvironment } from '@aggregator/service-kit';

const services = ['auth', 'provider-orchestrator', 'billing', 'analytics'] as const;
type Service = (typeof services)[number];

const environment = completeEnvironment(processEnvironment());

function databaseUrlOf(service: Service): string {
  const name = `${environmentPrefix(service)}_DATABASE_URL`;
  const url = environment[name];
  if (!url)
    throw new Error(
      `Set DATABASE_URL to a PostgreSQL server (postgresql://user:password@host:5432/postgres), or ${name}.`,
    );
  return url;
}

/** The seeds go through the services' own code, which needs its database client. */
function generateClients(): void {
  const generate = fileURLToPath(new URL('./generate.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [generate, 'auth', 'billing'], { stdio: 'inherit', timeout: 120_000 });
  if (status !== 0) throw new Error('The database clients could not be generated.');
}

const print = (line: string) => process.stdout.write(`${line}\n`);

async function migrate(): Promise<void> {
  for (const service of services) {
    const url = databaseUrlOf(service);
    await ensureDatabaseOf(url);
    const migrationsDirectory = fileURLToPath(new URL(`../prisma/${service}/migrations`, import.meta.url));
    const { applied } = await migrateDatabase({ url, migrationsDirectory });
    print(`${service}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
  }
}

/** One organisation, its admin, an API key and a first balance: what a new installation needs for its first request. */
async function seed(): Promise<void> {
  const { KEY_PEPPER: pepper, SEED_ADMIN_PASSWORD, SEED_API_KEY: apiKey } = environment;
  if (!pepper) throw new Error('Set KEY_PEPPER as the auth service has it: API keys are stored under it.');
  const adminEmail = environment.SEED_ADMIN_EMAIL || 'admin@localhost.localdomain';
  const adminPassword = SEED_ADMIN_PASSWORD || randomBytes(18).toString('base64url');
  const topUpNanoUsd = BigInt(environment.SEED_CREDIT_NANO_USD || '10000000000');
  generateClients();

  const { seed: seedAuth } = await import('../apps/auth/src/seed.ts');
  const account = await seedAuth(databaseUrlOf('auth'), {
    organizationName: environment.SEED_ORGANIZATION_NAME || 'My organisation',
    adminEmail,
    adminPassword,
    pepper,
    ...(apiKey && { apiKey }),
  });
  print(`auth: organisation ${account.organizationId}, admin ${adminEmail}`);
  if (!SEED_ADMIN_PASSWORD)
    print(`auth: a new admin's password is ${adminPassword} (a user who was there keeps the old one)`);
  print(account.apiKey === null ? 'auth: the API key was there already' : `auth: API key ${account.apiKey}`);

  const { seed: seedBilling } = await import('../apps/billing/src/seed.ts');
  await seedBilling(databaseUrlOf('billing'), { organizationId: account.organizationId, topUpNanoUsd });
  print(`billing: first balance of the organisation, ${topUpNanoUsd} nano-USD where it had none`);
}

const [command] = process.argv.slice(2);
try {
  if (command === 'migrate') await migrate();
  else if (command === 'seed') await seed();
  else throw new Error('usage: node scripts/db.ts migrate|seed');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
