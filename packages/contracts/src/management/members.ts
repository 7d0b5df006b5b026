import { z } from 'zod';
import { memberRole } from '../permissions.ts';
import { lastChange } from './last-change.ts';
import { queryPage } from './page.ts';

/** `GET /auth/memberships`: organisations of the caller, oldest membership first. */
export const membershipList = z.strictObject({
  data: z
    .array(
      z.strictObject({
        organizationId: z.uuid(),
        organizationName: z.string(),
        role: memberRole,
        joinedAt: z.iso.datetime(),
        /** True for the organisation of the access token that asks. */
        isCurrent: z.boolean(),
      }),
    )
    .max(100),
});
export type MembershipList = z.infer<typeof membershipList>;

export const member = z.strictObject({
  userId: z.uuid(),
  name: z.string(),
  /** Null for a service account. */
  email: z.string().nullable(),
  role: memberRole,
  isServiceAccount: z.boolean(),
  /** Null if the operator does not block it. */
  blockedAt: z.iso.datetime().nullable(),
  joinedAt: z.iso.datetime(),
  ...lastChange.shape,
});
export type Member = z.infer<typeof member>;

/**
 * Query of `GET /auth/organization/members`, oldest account first. `name`: a part of the name or the address, in any
 * case.
 */
export const listMembersQuery = queryPage.extend({
  role: memberRole.optional(),
  name: z.string().trim().min(1).max(100).optional(),
});
export const memberList = z.strictObject({ data: z.array(member).max(100), nextCursor: z.string().nullable() });

/** `PATCH /auth/organization/members/{userId}`. */
export const updateMemberRequest = z.strictObject({ role: memberRole });

/** Query of a removal: who gets the API keys of the leaver; they are revoked where absent. */
export const leaveQuery = z.strictObject({ handKeysTo: z.uuid().optional() });

/** `POST /auth/organization/transfer`: the member becomes an owner, and the caller an admin. */
export const transferRequest = z.strictObject({ userId: z.uuid() });
