import { snapshotRoute } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';

const routeRows = z.array(z.object({ name: z.string(), candidates: snapshotRoute.shape.candidates }));

/** The routes that name a provider, each with the models of it that they name. */
export async function findRoutesOf(tx: Transaction, provider: string): Promise<{ name: string; models: string[] }[]> {
  const named = JSON.stringify([{ provider }]);
  const rows = await tx.$queryRaw`SELECT name, candidates FROM route WHERE candidates @> ${named}::jsonb ORDER BY name`;
  return routeRows.parse(rows).map(({ name, candidates }) => ({
    name,
    models: candidates.filter((candidate) => candidate.provider === provider).map(({ model }) => model),
  }));
}
