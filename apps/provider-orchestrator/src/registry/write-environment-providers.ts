import type { Transaction } from '../database/create-database.ts';
import type { DeclaredProvider } from './declared-provider.ts';
import { replaceModels } from './write-models.ts';

/**
 * Makes the registry say what the environment says: adds, changes, and takes away what an earlier environment declared.
 * What others declared is left alone. Doing it again changes nothing. Answers the names that could not be written because
 * others have them.
 */
export async function writeEnvironmentProviders(
  tx: Transaction,
  declared: readonly DeclaredProvider[],
): Promise<string[]> {
  const taken = await tx.provider.findMany({ where: { source: { not: 'environment' } }, select: { name: true } });
  const takenNames = new Set(taken.map(({ name }) => name));
  const writable = declared.filter(({ name }) => !takenNames.has(name));
  const names = writable.map(({ name }) => name);
  await tx.provider.deleteMany({ where: { source: 'environment', name: { notIn: names } } });
  for (const provider of writable) await writeProvider(tx, provider);
  return declared.map(({ name }) => name).filter((name) => takenNames.has(name));
}

async function writeProvider(tx: Transaction, provider: DeclaredProvider): Promise<void> {
  const { name, type, baseUrl, options } = provider;
  const credentialRefs = [...provider.credentialRefs];
  const fields = {
    type,
    baseUrl,
    credentialRefs,
    options,
    enabled: true,
    source: 'environment',
    isAddressTrusted: true,
  };
  await tx.provider.upsert({ where: { name }, create: { name, ...fields }, update: fields });
  await replaceModels(tx, name, provider.models);
}
