import { AppError, type CreateProviderRequest, type ProviderType, providersMax } from '@aggregator/contracts';
import type { EgressAllowlist, Envelope } from '@aggregator/service-kit';
import { replaceCredentials } from '../credentials/stored-credentials.ts';
import type { Transaction } from '../database/create-database.ts';
import type { DeclaredModel } from '../registry/declared-provider.ts';
import { replaceModels } from '../registry/write-models.ts';
import { checkOptions, toBaseUrl, toModels } from './provider-rules.ts';

/** As many as a snapshot holds. */

export interface ProviderWriter {
  envelope: Envelope | null;
  allowlist: EgressAllowlist;
  nowMs: number;
  /** Of the installation's own mock provider. */
  mockBaseUrl: string;
  /** All that is known of what a type of provider offers; empty where nothing is. */
  readKnownModels(type: ProviderType): readonly DeclaredModel[];
}

/** Inside the transaction that publishes it. Throws AppError for what cannot be saved. */
export async function createProvider(
  tx: Transaction,
  request: CreateProviderRequest,
  writer: ProviderWriter,
): Promise<void> {
  const { name, type, apiKeys = [], options = {}, concurrencyMax = null, enabled = true } = request;
  const baseUrl = toBaseUrl(request.baseUrl, type, writer.allowlist);
  checkOptions(options, type);
  const models = toModels(request.models, type, writer.nowMs);
  await refuseTaken(tx, name);
  const fields = { name, type, baseUrl, options, concurrencyMax, enabled, source: 'api' };
  await tx.provider.create({ data: { ...fields, credentialRefs: [] } });
  const credentialRefs = await replaceCredentials(tx, writer.envelope, name, apiKeys);
  await tx.provider.update({ where: { name }, data: { credentialRefs } });
  await replaceModels(tx, name, models);
}

async function refuseTaken(tx: Transaction, name: string): Promise<void> {
  const earlier = await tx.provider.findUnique({ where: { name }, select: { name: true } });
  if (earlier !== null) {
    throw new AppError('conflict', { param: 'name', message: `There is a provider '${name}' already.` });
  }
  if ((await tx.provider.count()) >= providersMax) {
    throw new AppError('conflict', { message: `There are ${providersMax} providers, and there cannot be more.` });
  }
}
