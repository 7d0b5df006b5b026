import { AppError, type PutRouteRequest, type RouteRow, routeRow, routesMax } from '@aggregator/contracts';
import { readLastChanges } from '../audit/last-changes.ts';
import type { Transaction } from '../database/create-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';

/** As many as a snapshot holds. */

/**
 * Makes the route, or replaces it whole, inside the transaction that publishes it.
 * @throws {AppError} `invalid_value` for a candidate that is not in the registry, or is there twice; `conflict` where there are
 * too many routes, or Kubernetes declares this one.
 */
export async function putRoute(tx: Transaction, name: string, request: PutRouteRequest): Promise<void> {
  const { candidates, ...settings } = request;
  await checkCandidates(tx, candidates);
  const isNew = !(await findOwn(tx, name));
  if (isNew && (await tx.route.count()) >= routesMax) {
    throw new AppError('conflict', { message: `There are ${routesMax} routes, and there cannot be more.` });
  }
  const fields = { ...settings, candidates };
  await tx.route.upsert({ where: { name }, create: { name, ...fields }, update: fields });
}

/** @throws {AppError} `not_found`; `conflict` for what Kubernetes declares. */
export async function deleteRoute(tx: Transaction, name: string): Promise<void> {
  if (!(await findOwn(tx, name))) throw new AppError('not_found', { message: `There is no route '${name}'.` });
  await tx.route.delete({ where: { name } });
}

/** Returns a route as the API shows it; null if there is none of that name. */
export async function findRoute(tx: Transaction, name: string): Promise<RouteRow | null> {
  const row = await tx.route.findUnique({ where: { name } });
  const [shown] = row === null ? [] : await showRoutes(tx, [row]);
  return shown ?? null;
}

/** Returns routes as the API shows them. */
export async function showRoutes(
  tx: Transaction,
  rows: readonly Prisma.RouteGetPayload<object>[],
): Promise<RouteRow[]> {
  const changeOf = await readLastChanges(tx, 'route', rows);
  return rows.map(({ owner: _owner, origin: _origin, declaredHash: _declaredHash, createdAt, ...shown }) =>
    routeRow.parse({ ...shown, createdAt: createdAt.toISOString(), ...changeOf(shown.name) }),
  );
}

/** True if there is such a route, which the API may change. */
async function findOwn(tx: Transaction, name: string): Promise<boolean> {
  const row = await tx.route.findUnique({ where: { name }, select: { source: true } });
  if (row === null || row.source === 'api') return row !== null;
  throw new AppError('conflict', {
    message: `The route '${name}' is declared by a resource in Kubernetes, and is changed there.`,
  });
}

async function checkCandidates(tx: Transaction, candidates: PutRouteRequest['candidates']): Promise<void> {
  const found = await tx.model.findMany({
    where: { OR: candidates.map(({ provider, model }) => ({ providerName: provider, id: model })) },
    select: { providerName: true, id: true },
  });
  const known = new Set(found.map(({ providerName, id }) => `${providerName}/${id}`));
  const seen = new Set<string>();
  for (const [index, { provider, model }] of candidates.entries()) {
    const target = `${provider}/${model}`;
    const fault = !known.has(target) ? 'is not in the registry' : seen.has(target) ? 'is there twice' : null;
    if (fault !== null) {
      throw new AppError('invalid_value', {
        param: `candidates[${index}]`,
        message: `The candidate '${target}' ${fault}.`,
      });
    }
    seen.add(target);
  }
}
