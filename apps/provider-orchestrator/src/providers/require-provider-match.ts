import { requireMatch } from '@aggregator/service-kit';
import type { Transaction } from '../database/create-database.ts';
import { unknownHealth } from '../health/health-book.ts';
import { findProviderDetail, toProviderDetail } from './show-provider.ts';

/** Compares the caller's `If-Match` with what callers change of a provider. Throws `precondition_failed`. */
export async function requireProviderMatch(tx: Transaction, name: string, ifMatch: string | undefined): Promise<void> {
  await requireMatch(ifMatch, async () => {
    const row = await findProviderDetail(tx, name);
    if (row === null) return null;
    const { health: _health, ...declared } = toProviderDetail(row, unknownHealth);
    return declared;
  });
}
