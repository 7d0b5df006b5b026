import { AppError, type BulkResult, type BulkRow } from '@aggregator/contracts';
import type { Actor } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { BulkJob } from '../generated/prisma/client.ts';
import { addInvitation, type InvitationParts, refuseTooMany } from '../invitations/create-invitation.ts';
import { openAt } from '../invitations/to-invitation.ts';

interface Place {
  readonly transaction: Transaction;
  readonly now: Date;
  readonly actor: Actor;
  readonly job: BulkJob;
  /** Returns the id of a team of this name, which is made if there is none. */
  findTeam(name: string): Promise<string>;
}

interface Invited {
  result: BulkResult;
  message: string | null;
}

const failed = (message: string): Invited => ({ result: 'failed', message });
const later = 'The budget and the API key are for a member. Give the list again when the person has joined.';

/**
 * Invites the person of a row. An invitation that is open already stays as it is, so that the same list sends no second mail. The
 * answer is the same whether the address has an account or not.
 */
export async function inviteRow(place: Place, parts: InvitationParts, row: BulkRow): Promise<Invited> {
  const { email, role = 'developer', teams, budgetNanoUsd, key } = row;
  const { transaction, now, actor, job } = place;
  const { organizationId, isDryRun } = job;
  if (teams.length > 1) return failed('An invitation has one team at most.');
  const open = await transaction.invitation.findFirst({ where: { organizationId, email, ...openAt(now) } });
  if (open !== null) {
    const message = open.role === role ? 'The invitation is open.' : `An invitation as ${open.role} is open.`;
    return { result: 'unchanged', message };
  }
  try {
    parts.mails.requireSending();
    // Before a team is made for an invitation that cannot be.
    await refuseTooMany(transaction, now, organizationId, parts.invitationsPerDay);
    if (!isDryRun) {
      const [team] = teams;
      const teamId = team === undefined ? null : await place.findTeam(team);
      const wanted = { organizationId, invitedById: job.createdById, email, role, teamId, language: undefined };
      await addInvitation(transaction, now, actor, parts, { ...wanted, by: 'bulk' });
    }
  } catch (error) {
    if (error instanceof AppError) return failed(error.publicMessage);
    throw error;
  }
  return { result: 'invited', message: budgetNanoUsd === undefined && key === undefined ? null : later };
}
