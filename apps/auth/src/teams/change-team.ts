import { isDeepStrictEqual } from 'node:util';
import { AppError, type Team, type updateTeamRequest } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { z } from 'zod';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { Prisma, type Team as TeamRow } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { readTeamModels } from '../keys/narrow-models.ts';
import { revokeKeys } from '../members/settle-keys.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { nameTaken } from './create-team.ts';
import { showTeams } from './show-teams.ts';

type Parts = Pick<AuthContext, 'database' | 'now'>;

/**
 * Changes a team; what is not given stays.
 * @throws {AppError} `not_found`, `precondition_failed`; `conflict` if the name is taken
 */
export async function updateTeam(
  { database, now: clock }: Parts,
  caller: Caller,
  id: string,
  { name, models }: z.infer<typeof updateTeamRequest>,
): Promise<Team> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  const write = database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'teams.manage');
    const found = await transaction.team.findFirst({ where: { id, organizationId } });
    if (found === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => showOne(showTeams(transaction, organizationId, [found])));
    const isRenamed = name !== undefined && name !== found.name;
    const isNarrowed = models !== undefined && !isDeepStrictEqual(models, readTeamModels(found.models));
    if (!isRenamed && !isNarrowed) return found;
    const row = await transaction.team.update({
      where: { id },
      data: { ...(isRenamed && { name }), ...(isNarrowed && { models: models ?? Prisma.DbNull }) },
    });
    await writeAudit(transaction, now, caller, {
      organizationId,
      action: 'team_updated',
      subjectType: 'team',
      subjectId: id,
      details: {
        ...(isRenamed && { nameBefore: found.name, nameAfter: name }),
        ...(isNarrowed && { modelsBefore: JSON.stringify(found.models), modelsAfter: JSON.stringify(models) }),
      },
    });
    return row;
  });
  const row = await write.catch(nameTaken);
  return await showOne(showTeams(database, organizationId, [row]));
}

/** Deletes a team and revokes its API keys, with all that they made. Members stay in the organisation. Throws `not_found`. */
export async function deleteTeam({ database, now: clock }: Parts, caller: Caller, id: string): Promise<void> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  await database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'teams.manage');
    const found = await transaction.team.findFirst({ where: { id, organizationId } });
    if (found === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => showOne(showTeams(transaction, organizationId, [found])));
    await dropTeam(transaction, now, caller, found);
  });
}

/** The end of a team, with its audit entry, for an actor that may end it. Call it under the organisation's lock. */
export async function dropTeam(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { id, organizationId, name }: TeamRow,
): Promise<void> {
  const own = await transaction.apiKey.findMany({ where: { teamId: id, revokedAt: null }, select: { id: true } });
  const ownIds = own.map((key) => key.id);
  const keys = await revokeKeys(transaction, now, actor, organizationId, ownIds, 'team_deleted');
  await transaction.apiKey.updateMany({ where: { teamId: id }, data: { teamId: null } });
  await transaction.budget.deleteMany({ where: { organizationId, level: 'team', subjectId: id } });
  await transaction.usageLimit.deleteMany({ where: { organizationId, level: 'team', subjectId: id } });
  await transaction.team.delete({ where: { id } });
  await writeAudit(transaction, now, actor, {
    organizationId,
    action: 'team_deleted',
    subjectType: 'team',
    subjectId: id,
    details: { name, keys },
  });
}
