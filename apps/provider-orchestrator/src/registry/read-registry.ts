import type { Transaction } from '../database/create-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';

/** What stands in the registry, not yet judged. */
export interface RegistryRows {
  providers: Prisma.ProviderGetPayload<{ include: { models: { include: { price: true } } } }>[];
  routes: Prisma.RouteGetPayload<object>[];
}

/** Reads more than a snapshot may hold by one, so that the surplus is seen and reported. */
const providersMax = 501;
const modelsMax = 5001;
const routesMax = 5001;

/** The providers that are switched on, with their models and prices, and the routes. */
export async function readRegistry(tx: Transaction): Promise<RegistryRows> {
  const providers = await tx.provider.findMany({
    where: { enabled: true },
    orderBy: { name: 'asc' },
    take: providersMax,
    include: { models: { orderBy: { id: 'asc' }, take: modelsMax, include: { price: true } } },
  });
  const routes = await tx.route.findMany({ orderBy: { name: 'asc' }, take: routesMax });
  return { providers, routes };
}
