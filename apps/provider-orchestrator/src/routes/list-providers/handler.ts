import { AppError, type ProviderPage, providerPage } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import type { Database } from '../../database/create-database.ts';

/** As many as a snapshot holds, so there is never a second page. */
const providersMax = 500;

/** `GET /v1/orchestrator/providers` */
export function listProviders({ database }: ProviderOrchestratorContext): RequestHandler {
  return async (_request, response) => {
    const rows = await readProviders(database).catch((cause: unknown) => {
      throw new AppError('service_unavailable', { internal: 'registry', cause, retryAfterMs: 1000 });
    });
    response.json(toPage(rows));
  };
}

function readProviders(database: Database) {
  return database.provider.findMany({
    orderBy: { name: 'asc' },
    take: providersMax,
    include: { models: { select: { priceVersion: true } } },
  });
}

function toPage(rows: Awaited<ReturnType<typeof readProviders>>): ProviderPage {
  const data = rows.map(({ name, type, baseUrl, credentialRef, enabled, source, models, createdAt }) => ({
    name,
    type,
    baseUrl,
    credentialRef,
    enabled,
    source,
    models: models.length,
    unpricedModels: models.filter(({ priceVersion }) => priceVersion === null).length,
    createdAt: createdAt.toISOString(),
  }));
  return providerPage.parse({ data, nextCursor: null });
}
