import type { ProviderChange } from '@aggregator/contracts';
import type { ProviderOrchestratorContext } from '../context.ts';
import type { Transaction } from '../database/create-database.ts';
import { requireProviderMatch } from './require-provider-match.ts';
import { findProviderDetail, toProviderDetail } from './show-provider.ts';

/**
 * Changes a provider, publishes the change, and returns its new state.
 * @throws {AppError} `precondition_failed` if the provider has no longer the ETag of `ifMatch`
 */
export async function publishProvider(
  context: Pick<ProviderOrchestratorContext, 'publish' | 'health'>,
  name: string,
  change: (tx: Transaction) => Promise<void>,
  ifMatch?: string | undefined,
): Promise<ProviderChange> {
  const { result, snapshot } = await context.publish(async (tx) => {
    await requireProviderMatch(tx, name, ifMatch);
    await change(tx);
    return await findProviderDetail(tx, name);
  });
  if (result === null) throw new Error('a provider vanished');
  return { provider: toProviderDetail(result, context.health.read(name)), snapshot };
}
