import { seed as seedAuth } from '@aggregator/auth/seed';
import { seed as seedBilling } from '@aggregator/billing/seed';
import { databaseUrlFor } from '@aggregator/database';
import { databaseName } from '@aggregator/service-kit';
import type { Secrets } from './secrets.ts';

export const adminEmail = 'admin@localhost.localdomain';

/**
 * One organisation, its admin, an API key and a balance: all that a first request needs. Does nothing the second time.
 */
export async function seedFirstAccount(options: {
  serverUrl: string;
  databaseNamePrefix: string;
  secrets: Secrets;
  keyPepper: string;
  creditNanoUsd: bigint;
}): Promise<void> {
  const { serverUrl, databaseNamePrefix: prefix, secrets } = options;
  const { organizationId } = await seedAuth(databaseUrlFor(serverUrl, databaseName('auth', prefix)), {
    organizationName: 'My organisation',
    adminEmail,
    adminPassword: secrets.adminPassword,
    pepper: options.keyPepper,
    apiKey: secrets.apiKey,
  });
  await seedBilling(databaseUrlFor(serverUrl, databaseName('billing', prefix)), {
    organizationId,
    topUpNanoUsd: options.creditNanoUsd,
  });
}
