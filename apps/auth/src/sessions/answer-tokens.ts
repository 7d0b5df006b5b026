import type { TokenAnswer } from '@aggregator/contracts';
import { scopesOf } from '../accounts/role-scopes.ts';
import type { AuthContext } from '../context.ts';
import type { Role } from '../generated/prisma/client.ts';
import { accessTokenLifetimeSeconds } from './access-token-signer.ts';

/** Whose session it is; the role is read anew each time, so a changed one counts from the next refresh. */
export interface SessionOwner {
  sessionId: string;
  userId: string;
  organizationId: string;
  role: Role;
}

export async function answerTokens(
  { accessTokens, now }: Pick<AuthContext, 'accessTokens' | 'now'>,
  owner: SessionOwner,
  refreshToken: string,
): Promise<TokenAnswer> {
  const accessToken = await accessTokens.sign(
    { sub: owner.userId, org: owner.organizationId, scopes: scopesOf(owner.role), sid: owner.sessionId },
    now(),
  );
  return { accessToken, refreshToken, expiresIn: accessTokenLifetimeSeconds, tokenType: 'Bearer' };
}
