import { AppError, scopesOf, type TokenAnswer } from '@aggregator/contracts';
import type { AuthContext } from '../auth-context.ts';
import { readStanding, rolesOf } from '../permissions/standing.ts';

/** Whose session it is, and in which of its organisations. */
export interface SessionOwner {
  sessionId: string;
  userId: string;
  organizationId: string;
}

/** Returns a new access token with the scopes of now. Throws `insufficient_permissions` if the user left the organisation. */
async function signAccessToken(
  { accessTokens, database, now }: Pick<AuthContext, 'accessTokens' | 'database' | 'now'>,
  { sessionId, userId, organizationId }: SessionOwner,
): Promise<Omit<TokenAnswer, 'refreshToken'>> {
  const standing = await readStanding(database, organizationId, userId);
  if (standing === null) {
    const message = 'You are not a member of this organisation. Log in to another one.';
    throw new AppError('insufficient_permissions', { message });
  }
  const claims = { sub: userId, org: organizationId, scopes: scopesOf(rolesOf(standing)), sid: sessionId };
  const accessToken = await accessTokens.sign(claims, now());
  return { accessToken, expiresIn: accessTokens.lifetimeSeconds, tokenType: 'Bearer' };
}

export async function answerTokens(
  context: Pick<AuthContext, 'accessTokens' | 'database' | 'now'>,
  owner: SessionOwner,
  refreshToken: string,
): Promise<TokenAnswer> {
  return { ...(await signAccessToken(context, owner)), refreshToken };
}
