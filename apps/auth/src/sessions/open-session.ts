import { createUuidV7 } from '@aggregator/service-kit';
import type { AuthContext } from '../auth-context.ts';
import { createRefreshToken, hashRefreshToken } from './refresh-token.ts';

/** A session ends this long after its login, however often it was refreshed. */
const lifetimeMs = 30 * 24 * 60 * 60 * 1000;
export const sessionsPerUserMax = 50;

/** Opens a session and gives its first refresh token. Sessions of the user that have expired or are too many go. */
export async function openSession(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  { userId, organizationId }: { userId: string; organizationId: string },
): Promise<{ sessionId: string; refreshToken: string }> {
  const now = clock();
  const sessionId = createUuidV7(now.getTime());
  const refreshToken = createRefreshToken();
  await database.$transaction([
    database.$executeRaw`
      DELETE FROM "session" WHERE "user_id" = ${userId}::uuid AND ("expires_at" <= ${now} OR "id" IN (
        SELECT "id" FROM "session" WHERE "user_id" = ${userId}::uuid ORDER BY "created_at" DESC OFFSET ${sessionsPerUserMax - 1}
      ))`,
    database.session.create({
      data: {
        id: sessionId,
        userId,
        organizationId,
        createdAt: now,
        expiresAt: new Date(now.getTime() + lifetimeMs),
        refreshTokens: {
          create: {
            id: createUuidV7(now.getTime()),
            generation: 1,
            tokenHash: hashRefreshToken(refreshToken),
            createdAt: now,
          },
        },
      },
    }),
  ]);
  return { sessionId, refreshToken };
}
