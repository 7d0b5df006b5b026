import type { Transaction } from '../database/create-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';

/** Who declared an entry is no part of what proxies need. */
const declarer = { owner: true, origin: true, declaredHash: true } as const;

/** What stands in the registry, not yet judged. */
export interface RegistryRows {
  providers: Prisma.ProviderGetPayload<{ include: { models: { include: { price: true } } }; omit: typeof declarer }>[];
  routes: Prisma.RouteGetPayload<{ omit: typeof declarer & { source: true } }>[];
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
    omit: declarer,
  });
  const routes = await tx.route.findMany({
    orderBy: { name: 'asc' },
    take: routesMax,
    omit: { ...declarer, source: true },
  });
  return { providers, routes };
}
