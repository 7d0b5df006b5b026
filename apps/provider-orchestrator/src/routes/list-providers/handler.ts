import { listByNameQuery, type ProviderPage } from '@aggregator/contracts';
import { checkBody, pageSize, toPage } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { readProviderRows } from '../../providers/show-provider.ts';

/** `GET /v1/orchestrator/providers`, by name; the last name on a page is where the next one begins. */
export function listProviders({ database, health }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { cursor, limit = pageSize } = checkBody(listByNameQuery, { ...request.query });
    const asked = { cursor, limit: limit + 1 };
    const rows = await withRegistry(readProviderRows(database, asked, (name) => health.read(name)));
    response.json(toPage(rows, limit, ({ name }) => name) satisfies ProviderPage);
  };
}
