import { type Action, AppError, permissions } from '@aggregator/contracts';
import { requirePrincipal } from '@aggregator/service-kit';
import type { Request, RequestHandler } from 'express';
import { type Caller, callerOf } from '../audit/caller.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { requireSession } from '../sessions/require-session.ts';
import { reachFor, readStanding, type Standing } from './standing.ts';

const standings = new WeakMap<Request, Standing>();

/**
 * Lets only callers in whose credential and whose role of now allow the action at any reach; what it reaches is for the
 * handler to respect. Every other caller gets `insufficient_permissions`.
 */
export function allowAction(
  { verifier, database }: Pick<AuthContext, 'verifier' | 'database'>,
  action: Action,
): RequestHandler[] {
  const { needs } = permissions[action];
  const isForPeople = needs === 'session';
  const judge: RequestHandler = async (request, _response, next) => {
    const caller = callerOf(request);
    if (isForPeople) requireSession(caller);
    const { orgId, userId } = caller.principal;
    const standing = await readStanding(database, orgId, userId);
    standings.set(request, permit(standing, action));
    next();
  };
  return [requirePrincipal(verifier, isForPeople ? undefined : needs), judge];
}

/** Returns the standing of a caller that `allowAction` let in. */
export function standingOf(request: Request): Standing {
  const standing = standings.get(request);
  if (standing === undefined) throw new AppError('internal_error', { internal: 'route without allowAction' });
  return standing;
}

/**
 * Returns the standing if it allows the action at any reach.
 * @throws {AppError} `insufficient_permissions`; `not_found` if the caller is no member of the organisation
 */
function permit(standing: Standing | null, action: Action): Standing {
  if (standing === null) throw new AppError('not_found');
  if (reachFor(standing, action) !== 'none') return standing;
  throw new AppError('insufficient_permissions', { message: `Your role does not have the permission '${action}'.` });
}

/** As `permit`, for the caller as it is inside a transaction: its role can have changed since the request began. */
export async function permitNow(transaction: Transaction, { principal }: Caller, action: Action): Promise<Standing> {
  return permit(await readStanding(transaction, principal.orgId, principal.userId), action);
}
