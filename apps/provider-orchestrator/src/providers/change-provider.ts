import { AppError, type ManagedModel, providerType, type UpdateProviderRequest } from '@aggregator/contracts';
import { replaceCredentials } from '../credentials/stored-credentials.ts';
import type { Transaction } from '../database/create-database.ts';
import { findRoutesOf } from '../model-routes/find-routes-of.ts';
import { replaceModels } from '../registry/write-models.ts';
import type { ProviderWriter } from './create-provider.ts';
import { checkOptions, toBaseUrl, toModels } from './provider-rules.ts';

/**
 * Inside the transaction that publishes it.
 * @throws {AppError} `not_found`; `conflict` if another owner declares the provider, or if routes name its models.
 */
export async function updateProvider(
  tx: Transaction,
  name: string,
  request: UpdateProviderRequest,
  writer: ProviderWriter,
): Promise<void> {
  const { apiKeys, options, concurrencyMax, enabled, models } = request;
  const type = await readOwn(tx, name);
  if (options !== undefined) checkOptions(options, type);
  const baseUrl = request.baseUrl === undefined ? undefined : toBaseUrl(request.baseUrl, type, writer.allowlist);
  const credentialRefs =
    apiKeys === undefined ? undefined : await replaceCredentials(tx, writer.envelope, name, apiKeys);
  const changes = { baseUrl, options, concurrencyMax, enabled, credentialRefs };
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length > 0) await tx.provider.update({ where: { name }, data: given });
  if (models !== undefined) {
    await refuseMissing(tx, name, models);
    await replaceModels(tx, name, toModels(models, type, writer.nowMs));
  }
}

/** With its credentials and models. @throws {AppError} as `updateProvider`. */
export async function deleteProvider(tx: Transaction, name: string): Promise<void> {
  await readOwn(tx, name);
  await refuseMissing(tx, name, []);
  await tx.provider.delete({ where: { name } });
}

/** The type of a provider that the API may change. */
async function readOwn(tx: Transaction, name: string) {
  const row = await tx.provider.findUnique({ where: { name }, select: { type: true, source: true } });
  if (row === null) throw new AppError('not_found', { message: `There is no provider '${name}'.` });
  if (row.source !== 'api') {
    const declarer = row.source === 'kubernetes' ? 'a resource in Kubernetes' : 'the environment of the service';
    throw new AppError('conflict', {
      message: `The provider '${name}' is declared by ${declarer}, and is changed there.`,
    });
  }
  return providerType.parse(row.type);
}

/** A route must not lose a candidate in passing. */
async function refuseMissing(tx: Transaction, name: string, models: readonly ManagedModel[]): Promise<void> {
  const kept = new Set(models.map(({ id }) => id));
  const routes = await findRoutesOf(tx, name);
  const losing = routes.filter(({ models: named }) => named.some((model) => !kept.has(model)));
  if (losing.length === 0) return;
  const names = losing.slice(0, 5).map((route) => `'${route.name}'`);
  throw new AppError('conflict', {
    message: `Routes name what would go: ${names.join(', ')}${losing.length > 5 ? ', …' : ''}. Change them first.`,
  });
}
