import type { Invitation } from '@aggregator/contracts';
import type { Invitation as InvitationRow } from '../generated/prisma/client.ts';

export function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    teamId: row.teamId,
    invitedById: row.invitedById,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

/** Returns the part of a query for invitations that can be accepted now. */
export function openAt(now: Date) {
  return { acceptedAt: null, revokedAt: null, expiresAt: { gt: now } };
}
