import { z } from 'zod';
import { registerRequest } from './identity.ts';

/**
 * `POST /auth/email/request` and `POST /auth/password/request`: sends a mail with a link to the address if it has an
 * account. The answer is 202 in any case.
 */
export const mailLinkRequest = z.strictObject({
  email: z.string().max(254),
  /** Language of the mail; English where absent. */
  language: z.enum(['en', 'ru']).optional(),
});

/**
 * `POST /users/email`: sends a mail with a link to the new address. The address changes when `POST /auth/email/verify`
 * gets the token of that link. The answer is 202 also if the address has an account.
 */
export const changeEmailRequest = z.strictObject({
  password: z.string().max(256),
  newEmail: registerRequest.shape.email,
  language: z.enum(['en', 'ru']).optional(),
});
export type ChangeEmailRequest = z.infer<typeof changeEmailRequest>;

/** `POST /auth/email/verify`: of a new account, or of a new address. */
export const verifyEmailRequest = z.strictObject({ token: z.string().max(512) });

/** `POST /auth/password/reset`: every session of the user ends. */
export const resetPasswordRequest = z.strictObject({
  token: z.string().max(512),
  newPassword: registerRequest.shape.password,
});
