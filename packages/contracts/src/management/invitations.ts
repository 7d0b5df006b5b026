import { z } from 'zod';
import { memberRole } from '../permissions.ts';
import { registerRequest } from './identity.ts';

/** Language of a mail; English where absent. */
const language = z.enum(['en', 'ru']).optional();
const token = z.string().max(512);

/** `POST /auth/organization/invitations`. A newer invitation of the same address replaces an open one. */
export const createInvitationRequest = z.strictObject({
  email: registerRequest.shape.email,
  role: memberRole,
  /** A team that the member is put into. */
  teamId: z.uuid().optional(),
  language,
});

export const invitation = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  role: memberRole,
  teamId: z.uuid().nullable(),
  invitedById: z.uuid(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type Invitation = z.infer<typeof invitation>;

/** Page of `GET /auth/organization/invitations`: those that are open, oldest first. */
export const invitationList = z.strictObject({ data: z.array(invitation).max(100), nextCursor: z.string().nullable() });

/** `POST /auth/invitations/show`: what the invitation of a mail is about. Needs no other credential. */
export const showInvitationRequest = z.strictObject({ token });
export const shownInvitation = invitation.pick({ email: true, role: true, expiresAt: true }).extend({
  organizationName: z.string(),
  /** True if the address has an account. */
  hasAccount: z.boolean(),
  /**
   * False for a person who logs in by single sign-on alone. Else the password of the account, or a new one, accepts it.
   */
  needsPassword: z.boolean(),
});
export type ShownInvitation = z.infer<typeof shownInvitation>;

/**
 * `POST /auth/invitations/accept`: `password` is that of the account; without an account it becomes that of a new one,
 * with
 * `name`. It is absent for a person who logs in by single sign-on alone.
 */
export const acceptInvitationRequest = z.strictObject({
  token,
  password: z.string().min(1).max(256).optional(),
  name: registerRequest.shape.name.optional(),
});
