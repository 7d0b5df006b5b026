import { profileOption, tlsOption } from '@aggregator/contracts';
import { compatibleType, disconnectOption } from '@aggregator/providers';
import { toCustomOperation } from '../registry/custom-operation.ts';
import type { DeclaredModel, DeclaredProvider } from '../registry/declared-provider.ts';
import type { CustomServer } from './read-custom-servers.ts';

/** Returns a server of the environment as a provider. */
export function toCustomProvider(server: CustomServer, hasTlsFiles: boolean): DeclaredProvider {
  const refs = server.keys.map(({ ref }) => ref);
  const { customDisconnect: disconnect, customProfile: profile } = server;
  return {
    name: server.name,
    type: compatibleType,
    baseUrl: server.baseUrl,
    credentialRefs: refs.length === 0 ? ['none'] : refs,
    options: {
      ...(disconnect !== undefined && { [disconnectOption]: disconnect }),
      ...(profile !== undefined && { [profileOption]: profile }),
      ...(hasTlsFiles && { [tlsOption]: server.prefix }),
    },
    concurrencyMax: server.customConcurrencyMax ?? null,
    models: (server.customModels ?? []).map((id) => toModel(id, server)),
  };
}

function toModel(id: string, server: CustomServer): DeclaredModel {
  const rates = server.customPrices?.get(id);
  const details = server.customModelDetails?.[id] ?? {};
  const operations = [...new Set(details.operations ?? [toCustomOperation(rates)])];
  const contextLength = details.contextLength ?? server.customContextLength;
  const maxOutputTokens = Math.min(details.maxOutputTokens ?? contextLength, contextLength);
  return {
    id,
    operations,
    contextLength,
    maxOutputTokens: operations.includes('chat.completions') ? maxOutputTokens : null,
    capabilities: details.capabilities ?? server.customCapabilities,
    firstLifeMs: details.firstLifeMs ?? null,
    price: rates === undefined ? null : { rates, source: `${server.prefix}_PRICES` },
  };
}
