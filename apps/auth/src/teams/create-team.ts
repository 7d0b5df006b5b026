import { AppError, type createTeamRequest, type Team } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { createUuidV7 } from '@aggregator/service-kit';
import type { z } from 'zod';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { Prisma, type Team as TeamRow } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { permitNow } from '../permissions/allow-action.ts';
import { showTeams } from './show-teams.ts';

const teamsMax = 1000;

/** Creates a team without members. Throws `conflict` if the name is taken or the organisation has too many teams. */
export async function createTeam(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  { name, models }: z.infer<typeof createTeamRequest>,
): Promise<Team> {
  const now = clock();
  const { orgId: organizationId } = caller.principal;
  const write = database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    await permitNow(transaction, caller, 'teams.manage');
    return await addTeam(transaction, now, caller, { organizationId, name, models: models ?? null });
  });
  const row = await write.catch(nameTaken);
  return await showOne(showTeams(database, organizationId, [row]));
}

interface NewTeam {
  organizationId: string;
  name: string;
  models: string[] | null;
  externalId?: string | null;
}

/** Adds a team, with its audit entry, for an actor that may. Call it under the organisation's lock. Throws `conflict`. */
export async function addTeam(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  { models, ...team }: NewTeam,
): Promise<TeamRow> {
  const { organizationId, name } = team;
  if ((await transaction.team.count({ where: { organizationId } })) >= teamsMax) {
    throw new AppError('conflict', { message: `The organisation has ${teamsMax} teams, which is the most.` });
  }
  const row = await transaction.team.create({
    data: { ...team, id: createUuidV7(now.getTime()), createdAt: now, models: models ?? Prisma.DbNull },
  });
  await writeAudit(transaction, now, actor, {
    organizationId,
    action: 'team_created',
    subjectType: 'team',
    subjectId: row.id,
    details: { name },
  });
  return row;
}

/** Throws `conflict` for a name that another team has; every other error as it is. */
export function nameTaken(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  throw new AppError('conflict', { param: 'name', message: 'Another team of the organisation has this name.' });
}
