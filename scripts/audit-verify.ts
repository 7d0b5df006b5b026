// `npm run audit:verify`: recomputes the hash chain of every audit, on the server of DATABASE_URL or each service's own
// `<SERVICE>_DATABASE_URL`. Exits with 1 if an entry was changed or deleted, and names the first one.
import { verifyAudit } from '@aggregator/database';
import { completeEnvironment, environmentPrefix, processEnvironment } from '@aggregator/service-kit';

const services = ['auth', 'provider-orchestrator', 'billing', 'analytics'] as const;
const environment = completeEnvironment(processEnvironment());

for (const service of services) {
  const name = `${environmentPrefix(service)}_DATABASE_URL`;
  const url = environment[name];
  try {
    if (!url) throw new Error(`Set DATABASE_URL to the PostgreSQL server, or ${name}.`);
    const { entries, hash, fault } = await verifyAudit(url);
    if (fault !== null) throw new Error(`the audit is broken: ${fault}. ${entries} entries before it are whole`);
    process.stdout.write(`${service}: ${entries} entries are whole, the last hash is ${hash}\n`);
  } catch (error) {
    process.stderr.write(`${service}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
