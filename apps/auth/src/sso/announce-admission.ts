import type { AuthEvents } from '../events.ts';
import type { Admission } from './admit-account.ts';

/** Makes gateways ask again about what a login at an identity provider changed. */
export async function announceAdmission(
  events: Pick<AuthEvents, 'membersChanged' | 'teamChanged' | 'sessionsEnded'>,
  { userId, organizationId, change, teamsChanged, isReclaimed }: Admission,
  requestId: string | undefined,
): Promise<void> {
  if (isReclaimed) await events.sessionsEnded({ requestId, userId, count: 1 });
  if (change !== null) await events.membersChanged({ requestId, organizationId, userIds: [userId], change });
  for (const teamId of teamsChanged) {
    await events.teamChanged({ requestId, organizationId, teamId, change: 'team_member_set' });
  }
}
