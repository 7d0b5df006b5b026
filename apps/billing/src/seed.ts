import { AppError } from '@aggregator/contracts';
import { createDatabase } from './database/open-database.ts';
import { confirmedBefore } from './organizations/directory.ts';
import { createTransaction } from './transactions/create-transaction.ts';

/**
 * Gives an organisation its first balance, through the ledger like every other top-up: once, however often it is
 * called and with any amount. Nothing if the amount is zero.
 */
export async function seed(
  databaseUrl: string,
  options: { organizationId: string; topUpNanoUsd: bigint },
): Promise<void> {
  const { organizationId, topUpNanoUsd } = options;
  if (topUpNanoUsd === 0n) return;
  const database = createDatabase({ url: databaseUrl, connectionsMax: 4, onError: () => undefined });
  try {
    await createTransaction(
      database,
      {
        organizationId,
        type: 'top_up',
        amountNanoUsd: topUpNanoUsd.toString(),
        description: 'First balance',
        idempotencyKey: 'seed:first-balance',
      },
      { actorOrgId: organizationId, signUpCreditNanoUsd: 0n, organizations: confirmedBefore },
    );
  } catch (error) {
    // It has its first balance already, of another amount.
    if (!(error instanceof AppError && error.code === 'conflict')) throw error;
  } finally {
    await database.$disconnect();
  }
}
