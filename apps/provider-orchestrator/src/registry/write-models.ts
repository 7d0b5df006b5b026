import type { Transaction } from '../database/create-database.ts';
import type { DeclaredModel } from './declared-provider.ts';
import { toPriceVersion } from './price-version.ts';

/** Makes `models` all that the provider has. Prices are added, never changed. */
export async function replaceModels(
  tx: Transaction,
  providerName: string,
  models: readonly DeclaredModel[],
): Promise<void> {
  await replaceModelsOf(tx, new Map([[providerName, models]]));
}

/** As `replaceModels`, of many providers in as few statements as of one. */
export async function replaceModelsOf(
  tx: Transaction,
  modelsByProvider: ReadonlyMap<string, readonly DeclaredModel[]>,
): Promise<void> {
  const rows = [...modelsByProvider].flatMap(([name, models]) => models.map((model) => toRows(name, model)));
  await tx.modelPrice.createMany({ data: rows.flatMap(({ price }) => price ?? []), skipDuplicates: true });
  await tx.model.deleteMany({ where: { providerName: { in: [...modelsByProvider.keys()] } } });
  await tx.model.createMany({ data: rows.map(({ model }) => model) });
}

function toRows(providerName: string, declared: DeclaredModel) {
  const { id, contextLength, maxOutputTokens, firstLifeMs } = declared;
  const price =
    declared.price === null
      ? null
      : { version: toPriceVersion(providerName, id, declared.price.rates), ...declared.price };
  const model = {
    providerName,
    id,
    operations: [...declared.operations],
    contextLength,
    maxOutputTokens,
    capabilities: [...declared.capabilities],
    firstLifeMs,
    priceVersion: price?.version ?? null,
  };
  return { model, price };
}
