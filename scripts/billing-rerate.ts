// `npm run billing:rerate`: computes all charges again from their usage and the prices of the registry, and prints each
// difference to what was charged, booked and moved. Exits with 1 if there is one. Reads BILLING_DATABASE_URL, and the prices
// from PROVIDER_ORCHESTRATOR_DATABASE_URL, or both from DATABASE_URL. Compares the totals of compacted months with what was moved.
// Changes nothing.
import { rates } from '@aggregator/contracts';
import { withConnection } from '@aggregator/database';
import { processEnvironment, withDatabaseUrls } from '@aggregator/service-kit';
import { createDatabase } from '../apps/billing/src/database/open-database.ts';
import { rerate } from '../apps/billing/src/rerate/rerate.ts';
import { verifyCompacted } from '../apps/billing/src/retention/verify-compacted.ts';

const { BILLING_DATABASE_URL: billing, PROVIDER_ORCHESTRATOR_DATABASE_URL: registry } = withDatabaseUrls(
  processEnvironment(),
);
if (!billing || !registry) {
  process.stderr.write(
    'Set DATABASE_URL to the PostgreSQL server, or BILLING_DATABASE_URL and PROVIDER_ORCHESTRATOR_DATABASE_URL.\n',
  );
  process.exit(2);
}
const database = createDatabase({ url: billing, connectionsMax: 2, onError: () => undefined });
try {
  const { charges, differences, postedNanoUsd, computedNanoUsd, unknownPrices } = await withConnection(
    registry,
    30_000,
    async (client) => {
      const readRates = async (hashes: readonly string[]) => {
        const { rows } = await client.query<{ hash: string; rates: unknown }>(
          'SELECT right(version, 16) AS hash, rates FROM model_price WHERE right(version, 16) = ANY ($1)',
          [hashes],
        );
        return new Map(rows.map((row) => [row.hash, rates.parse(row.rates)]));
      };
      return rerate(database, readRates, ({ requestId, what, posted, computed }) => {
        process.stdout.write(`${requestId} ${what}: posted ${posted}, computed ${computed}\n`);
      });
    },
  );
  process.stdout.write(
    `${charges} charges, ${differences} differences; charged ${postedNanoUsd} nano-USD, computed ${computedNanoUsd}; ` +
      `${unknownPrices} with a price that the registry does not have\n`,
  );
  const months = await withConnection(billing, 3_600_000, (client) => verifyCompacted(client, null));
  for (const { month, requests, faults } of months) {
    process.stdout.write(
      `${month}: compacted, ${requests} requests; ${faults.join('; ') || 'the totals are what was moved'}\n`,
    );
  }
  if (differences > 0 || months.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
} finally {
  await database.$disconnect();
}
