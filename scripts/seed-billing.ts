// Entry of `seed.mjs` in the image of billing: the first balance of the organisation that auth's seed has made.
import { readFileSync } from 'node:fs';
import { completeEnvironment, processEnvironment, readConfig, variable } from '@aggregator/service-kit';
import { z } from 'zod';
import { seed } from '../apps/billing/src/seed.ts';

const options = readConfig(
  {
    databaseUrl: variable('BILLING_DATABASE_URL', z.string().min(1), 'Database of billing.', { isSecret: true }),
    topUpNanoUsd: variable('SEED_CREDIT_NANO_USD', z.string().regex(/^\d+$/).transform(BigInt), 'The balance.'),
    organizationIdFile: variable('SEED_ORGANIZATION_ID_FILE', z.string().min(1), 'Where auth left its id.'),
  },
  completeEnvironment(processEnvironment()),
);
const organizationId = z.uuid().parse(readFileSync(options.organizationIdFile, 'utf8').trim());
await seed(options.databaseUrl, { organizationId, topUpNanoUsd: options.topUpNanoUsd });
console.log(`organisation ${organizationId}: first balance of ${options.topUpNanoUsd} nano-USD where it had none`);
