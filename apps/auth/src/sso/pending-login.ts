import { createHash } from 'node:crypto';
import { AppError } from '@aggregator/contracts';
import { z } from 'zod';
import { deriveSealingKey, open, seal } from '../secrets/seal.ts';

/** Time that a person has for the login at the identity provider. */
export const pendingMs = 10 * 60_000;

const pendingLogin = z.object({
  providerId: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  /** Unix milliseconds. */
  expiresAt: z.number(),
});
/** A login that is not finished. The browser keeps it, sealed: nothing that a stranger starts takes room here. */
export type PendingLogin = z.infer<typeof pendingLogin>;

export interface LoginSealer {
  seal(login: PendingLogin): string;
  /** Throws `sso_failed` for a cookie that was not sealed here, or has expired. */
  open(cookie: string | undefined, now: Date): PendingLogin;
}

export function createLoginSealer(peppers: readonly string[]): LoginSealer {
  const keys = peppers.map((pepper) => deriveSealingKey(pepper, 'sso-login'));
  const present = keys[0];
  if (present === undefined) throw new RangeError('at least one pepper is needed');
  return {
    seal: (login) => Buffer.from(seal(present, JSON.stringify(login), 'sso-login')).toString('base64url'),
    open(cookie, now) {
      const sealed = Buffer.from(cookie ?? '', 'base64url');
      const text = keys.map((key) => open(key, sealed, 'sso-login')).find((found) => found !== null);
      if (text == null) throw new AppError('sso_failed', { internal: 'no login of this browser' });
      const login = pendingLogin.parse(JSON.parse(text));
      if (login.expiresAt <= now.getTime()) throw new AppError('sso_failed', { internal: 'the login took too long' });
      return login;
    },
  };
}

export function sha256(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(text).digest());
}

/** Returns the path, or `/` if none is given. Throws `invalid_value` for what could lead to another site. */
export function readReturnTo(text: string | undefined): string {
  if (text === undefined) return '/';
  const isPath = /^\/(?![/\\])[\x21-\x7e]*$/.test(text) && !/[\\#]/.test(text);
  if (isPath && new URL(text, 'https://installation.invalid').origin === 'https://installation.invalid') return text;
  throw new AppError('invalid_value', {
    param: 'return_to',
    message: "'return_to' must be a path of this installation, such as '/console'.",
  });
}
