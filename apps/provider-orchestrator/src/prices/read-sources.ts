import { providerType, type Rates, rates } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import type { ProviderWriter } from '../providers/create-provider.ts';
import type { SourcedModel } from './compare-sources.ts';

/** Present prices of the models in the registry in each source, by provider and model. */
export async function readSources(
  tx: Transaction,
  readKnownModels: ProviderWriter['readKnownModels'],
): Promise<SourcedModel[]> {
  const models = await tx.model.findMany({
    orderBy: [{ providerName: 'asc' }, { id: 'asc' }],
    include: { price: true, provider: { select: { type: true } } },
  });
  const now = new Date();
  const periods = await tx.pricePeriod.findMany({
    where: { kind: 'cost', effectiveFrom: { lte: now }, OR: [{ effectiveTo: null }, { effectiveTo: { gt: now } }] },
    include: { price: true },
  });
  const costs = new Map(periods.map(({ provider, model, price }) => [`${provider}/${model}`, price.rates]));
  return models.map(({ providerName: provider, id: model, price, provider: { type } }) => ({
    ...{ provider, model, declared: parse(price?.rates), cost: parse(costs.get(`${provider}/${model}`)) },
    catalogue: readKnownModels(providerType.parse(type)).find((known) => known.id === model)?.price?.rates ?? null,
  }));
}

function parse(said: unknown): Rates | null {
  return rates.safeParse(said).data ?? null;
}
