import { AppError } from '@aggregator/contracts';
import type { Caller } from '../audit/caller.ts';

/** Returns the session of the caller. Throws `insufficient_permissions` for an API key, which has none. */
export function requireSession({ keyId, principal }: Caller): string {
  if (keyId === null && principal.sessionId !== undefined) return principal.sessionId;
  throw new AppError('insufficient_permissions', { message: 'This needs an access token. Log in first.' });
}
