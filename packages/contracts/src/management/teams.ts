import { z } from 'zod';
import { createApiKeyRequest } from './identity.ts';
import { lastChange } from './last-change.ts';
import { member } from './members.ts';

const name = z.string().trim().min(1).max(100);
const models = createApiKeyRequest.shape.models.unwrap();

/** A part of an organisation: a team, a project. */
export const team = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  /** Models that API keys of the team may use; null means all. */
  models: z.array(z.string()).nullable(),
  createdAt: z.iso.datetime(),
  ...lastChange.shape,
});
export type Team = z.infer<typeof team>;

/** Page of `GET /auth/organization/teams`, oldest first. */
export const teamList = z.strictObject({ data: z.array(team).max(100), nextCursor: z.string().nullable() });

/** `POST /auth/organization/teams`. */
export const createTeamRequest = z.strictObject({ name, models: models.nullable().optional() });
/** `PATCH /auth/organization/teams/{teamId}`: what is not given stays. */
export const updateTeamRequest = createTeamRequest.partial();

export const teamRole = z.enum(['lead', 'member']);

/** `PUT /auth/organization/teams/{teamId}/members/{userId}`. */
export const putTeamMemberRequest = z.strictObject({ role: teamRole });
export const teamMember = member.pick({ userId: true, name: true, email: true }).extend({ role: teamRole });
export type TeamMember = z.infer<typeof teamMember>;
export const teamMemberList = z.strictObject({ data: z.array(teamMember).max(100), nextCursor: z.string().nullable() });

/**
 * `POST /auth/organization/service-accounts`: answered with a `member`, which has no e-mail address and cannot log in.
 */
export const createServiceAccountRequest = z.strictObject({ name, role: z.enum(['developer', 'billing', 'viewer']) });
