// `npm run billing:compare-provider -- <provider> <report.csv> [--keep]`: compares a provider's own usage report with what billing
// booked as cost, request by request, and prints each difference. Exits with 1 if there is one. `--keep` also keeps the cost of
// each day of the report for the daily check. Reads BILLING_DATABASE_URL or DATABASE_URL.
import { readFileSync } from 'node:fs';
import { processEnvironment, withDatabaseUrls } from '@aggregator/service-kit';
import { createDatabase } from '../apps/billing/src/database/open-database.ts';
import { readBookedCosts } from '../apps/billing/src/provider-costs/booked-costs.ts';
import { keepCosts } from '../apps/billing/src/provider-costs/keep-costs.ts';
import { matchRecords } from '../apps/billing/src/provider-costs/match-records.ts';
import { parseCsv, ReportError } from '../apps/billing/src/provider-costs/parse-csv.ts';

const dayMs = 86_400_000;
const [provider, file, option] = process.argv.slice(2);
const { BILLING_DATABASE_URL: url } = withDatabaseUrls(processEnvironment());
if (!provider || !file || !url || (option !== undefined && option !== '--keep')) {
  process.stderr.write(
    'Usage: npm run billing:compare-provider -- <provider> <report.csv> [--keep], with DATABASE_URL set.\n',
  );
  process.exit(2);
}
const print = (text: string) => process.stdout.write(`${text}\n`);
const database = createDatabase({ url, connectionsMax: 2, onError: () => undefined });
try {
  const text = readFileSync(file, 'utf8');
  const records = parseCsv(text);
  const times = records.map(({ time }) => time.getTime());
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const last = times.reduce((most, time) => Math.max(most, time), 0);
  if (records.length === 0) throw new ReportError('the report has no records');
  const from = new Date(Math.floor(first / dayMs) * dayMs);
  const to = new Date((Math.floor(last / dayMs) + 1) * dayMs);
  const booked = await readBookedCosts(database, { provider, from, to });
  const { matched, differing, onlyAtProvider, onlyBooked } = matchRecords(records, booked);
  for (const { booked: one, record } of differing) {
    print(`${one.requestId} cost: booked ${one.costNanoUsd}, reported ${record.costNanoUsd} nano-USD`);
  }
  for (const { time, model, reference, costNanoUsd } of onlyAtProvider) {
    print(`${reference ?? '-'} only at ${provider}: ${time.toISOString()} ${model} ${costNanoUsd} nano-USD`);
  }
  for (const { requestId, model, costNanoUsd } of onlyBooked) {
    print(`${requestId} only booked: ${model} ${costNanoUsd} nano-USD`);
  }
  const sum = (list: readonly { costNanoUsd: bigint }[]) => list.reduce((total, one) => total + one.costNanoUsd, 0n);
  print(
    `${matched} of ${records.length} records match ${booked.length} bookings; booked ${sum(booked)}, ` +
      `reported ${sum(records)} nano-USD`,
  );
  if (option === '--keep')
    print(`kept ${(await keepCosts(database, new Date(), { provider, records, text })).join(', ')}`);
  if (differing.length + onlyAtProvider.length + onlyBooked.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof ReportError)) throw error;
  process.stderr.write(`${file}: ${error.message}\n`);
  process.exitCode = 2;
} finally {
  await database.$disconnect();
}
