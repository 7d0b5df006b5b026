import { z } from 'zod';
import { registerRequest } from './identity.ts';

/** `POST /users/password`: needs an access token. Every other session of the user ends. */
export const changePasswordRequest = z.strictObject({
  currentPassword: z.string().max(256),
  newPassword: registerRequest.shape.password,
});

/** `GET /users/sessions`: sessions of the caller that are not over, newest first. */
export const sessionList = z.strictObject({
  data: z
    .array(
      z.strictObject({
        id: z.uuid(),
        createdAt: z.iso.datetime(),
        expiresAt: z.iso.datetime(),
        /** True for the session of the access token that asks. */
        isCurrent: z.boolean(),
      }),
    )
    .max(50),
});
export type SessionList = z.infer<typeof sessionList>;
