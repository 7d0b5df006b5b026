// Entry of `seed.mjs` in the image of auth: one organisation, its admin and the API key that SEED_API_KEY names, and leaves
// the organisation's id to billing's seed in SEED_ORGANIZATION_ID_FILE. What is there is kept; no secret is printed.
import { writeFileSync } from 'node:fs';
import { completeEnvironment, processEnvironment, readConfig, variable } from '@aggregator/service-kit';
import { z } from 'zod';
import { seed } from '../apps/auth/src/seed.ts';

const required = z.string().min(1);
const options = readConfig(
  {
    databaseUrl: variable('AUTH_DATABASE_URL', required, 'Database of auth.', { isSecret: true }),
    organizationName: variable('SEED_ORGANIZATION_NAME', required, 'Name of the organisation.'),
    adminEmail: variable('SEED_ADMIN_EMAIL', z.email(), 'Who its admin is.'),
    adminPassword: variable('SEED_ADMIN_PASSWORD', z.string().min(8), 'Of a new admin.', { isSecret: true }),
    apiKey: variable('SEED_API_KEY', required, 'The API key that must be there.', { isSecret: true }),
    pepper: variable('KEY_PEPPER', required, 'As auth has it.', { isSecret: true }),
    organizationIdFile: variable('SEED_ORGANIZATION_ID_FILE', required, 'Where the id of the organisation is left.'),
  },
  completeEnvironment(processEnvironment()),
);
const { organizationId, apiKey } = await seed(options.databaseUrl, options);
writeFileSync(options.organizationIdFile, organizationId);
console.log(`organisation ${organizationId}: its API key ${apiKey === null ? 'was there already' : 'is made'}`);
