import { z } from 'zod';
import { registerRequest } from './identity.ts';

/**
 * `POST /auth/email/request` and `POST /auth/password/request`: sends a mail with a link to the address if it has an account. The
 * answer is 202 in any case.
 */
export const mailLinkRequest = z.strictObject({
  email: z.string().max(254),
  /** Language of the mail; English where absent. */
  language: z.enum(['en', 'ru']).optional(),
});

/** `POST /auth/email/verify`. */
export const verifyEmailRequest = z.strictObject({ token: z.string().max(512) });

/** `POST /auth/password/reset`: every session of the user ends. */
export const resetPasswordRequest = z.strictObject({
  token: z.string().max(512),
  newPassword: registerRequest.shape.password,
});
