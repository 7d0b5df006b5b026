// `npm run audit:verify`: recomputes the hash chain of every audit, on the server of DATABASE_URL or each service's own
// `<SERVICE>_DATABASE_URL`. Exits with 1 if an entry was changed or deleted, and names the first one. Then compares billing's
// compacted months with the entries that name their totals, and with their files where LEDGER_EXPORT_DIRECTORY is set.
import { verifyAudit, withConnection } from '@aggregator/database';
import { completeEnvironment, environmentPrefix, processEnvironment } from '@aggregator/service-kit';
import { createDirectoryStore } from '../apps/billing/src/retention/export-store.ts';
import { verifyCompacted } from '../apps/billing/src/retention/verify-compacted.ts';

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
    if (service === 'billing') await showCompacted(url);
  } catch (error) {
    process.stderr.write(`${service}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function showCompacted(url: string): Promise<void> {
  const directory = environment.LEDGER_EXPORT_DIRECTORY;
  const store = directory ? createDirectoryStore(directory) : null;
  const months = await withConnection(url, 3_600_000, (client) => verifyCompacted(client, store));
  for (const { month, requests, faults } of months) {
    const what = store === null ? 'its totals are whole' : 'its totals and files are whole';
    process.stdout.write(`billing: ${month} is compacted, ${requests} requests; ${faults.join('; ') || what}\n`);
    if (faults.length > 0) process.exitCode = 1;
  }
}
