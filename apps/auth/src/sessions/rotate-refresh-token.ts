import { AppError } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Database } from '../database/create-database.ts';
import type { SessionOwner } from './answer-tokens.ts';
import { chooseOrganization } from './choose-organization.ts';
import { createRefreshToken, hashRefreshToken, openChild, sealChild } from './refresh-token.ts';

/** How long the parent of the newest token still answers that token: for a retry, or a twin request. */
const graceMs = 10_000;
/** What the table allows; a session that was refreshed so often is over. */
const generationMax = 10_000;

const ownerRows = z.array(z.object({ sessionId: z.uuid(), userId: z.uuid(), organizationId: z.uuid() }));

const blockOf = { select: { id: true, blockedAt: true } } as const;

export interface RotatedToken {
  owner: SessionOwner;
  refreshToken: string;
  isRepeat: boolean;
}

/**
 * Uses a refresh token up and gives the next one. Twins, and a retry whose first answer was lost, get the same child:
 * within 10 s, as long as the child itself is unused. Any other use of a used token means that a copy exists: the
 * whole session ends. Throws `token_reused` then, `access_blocked` if the operator blocked the account, and `invalid_token` if
 * there is nothing to use.
 */
export async function rotateRefreshToken(
  context: Pick<AuthContext, 'database' | 'now' | 'events'>,
  token: string,
  requestId: string | undefined,
): Promise<RotatedToken> {
  const now = context.now();
  const child = createRefreshToken();
  const owner = await useToken(context.database, now, token, child);
  if (owner !== null) return { owner, refreshToken: child, isRepeat: false };
  return repeatOrEnd(context, now, token, requestId);
}

/**
 * Makes later access tokens of a refresh token's session be for another organisation. It uses nothing up: a refusal costs no session.
 * An unknown token is left to `rotateRefreshToken`.
 * @throws {AppError} as `chooseOrganization`
 */
export async function moveSession(database: Database, token: string, organizationId: string): Promise<void> {
  const found = await database.refreshToken.findUnique({
    where: { tokenHash: hashRefreshToken(token) },
    select: { session: { select: { id: true, userId: true } } },
  });
  if (found === null) return;
  const { id, userId } = found.session;
  await chooseOrganization(database, { id: userId, organizationId }, organizationId);
  await database.session.update({ where: { id }, data: { organizationId } });
}

/**
 * One statement uses the token, stores its child, and takes from its own parent the power to answer again. Of any number
 * of twins, the row lock lets exactly one see `used_at IS NULL`.
 */
async function useToken(database: Database, now: Date, token: string, child: string): Promise<SessionOwner | null> {
  const rows = await database.$queryRaw`
    WITH "used" AS (
      UPDATE "refresh_token" AS "token" SET "used_at" = ${now}, "child_sealed" = ${sealChild(token, child)}
      FROM "session"
      WHERE "token"."token_hash" = ${hashRefreshToken(token)} AND "token"."used_at" IS NULL
        AND "token"."generation" < ${generationMax}
        AND "session"."id" = "token"."session_id" AND "session"."ended_at" IS NULL AND "session"."expires_at" > ${now}
        AND NOT EXISTS (
          SELECT 1 FROM "user" JOIN "organization"
            ON "organization"."id" = coalesce("session"."organization_id", "user"."organization_id")
          WHERE "user"."id" = "session"."user_id"
            AND ("user"."blocked_at" IS NOT NULL OR "organization"."blocked_at" IS NOT NULL)
        )
      RETURNING "token"."session_id", "token"."generation", "session"."user_id", "session"."organization_id"
    ), "child" AS (
      INSERT INTO "refresh_token" ("id", "session_id", "generation", "token_hash", "created_at")
      SELECT ${createUuidV7(now.getTime())}::uuid, "session_id", "generation" + 1, ${hashRefreshToken(child)}, ${now}
      FROM "used"
    ), "closed" AS (
      UPDATE "refresh_token" AS "parent" SET "child_sealed" = NULL
      FROM "used"
      WHERE "parent"."session_id" = "used"."session_id" AND "parent"."generation" = "used"."generation" - 1
    )
    SELECT "used"."session_id" AS "sessionId", "user"."id" AS "userId",
      coalesce("used"."organization_id", "user"."organization_id") AS "organizationId"
    FROM "used" JOIN "user" ON "user"."id" = "used"."user_id"`;
  return ownerRows.parse(rows)[0] ?? null;
}

async function repeatOrEnd(
  context: Pick<AuthContext, 'database' | 'now' | 'events'>,
  now: Date,
  token: string,
  requestId: string | undefined,
): Promise<RotatedToken> {
  const found = await context.database.refreshToken.findUnique({
    where: { tokenHash: hashRefreshToken(token) },
    include: { session: { include: { organization: blockOf, user: { include: { organization: blockOf } } } } },
  });
  const user = found?.session.user;
  const organization = found?.session.organization ?? user?.organization;
  // A block is named to a caller that holds a token of the account, and its session continues after the block.
  if (user !== undefined && (user.blockedAt !== null || organization?.blockedAt != null)) {
    throw new AppError('access_blocked');
  }
  if (
    found === null ||
    user === undefined ||
    organization === undefined ||
    found.usedAt === null ||
    found.session.endedAt !== null ||
    found.session.expiresAt <= now
  ) {
    throw new AppError('invalid_token', { message: 'The refresh token is invalid or has expired. Log in again.' });
  }
  const owner = { sessionId: found.sessionId, userId: user.id, organizationId: organization.id };
  if (found.childSealed !== null && now.getTime() - found.usedAt.getTime() <= graceMs) {
    const refreshToken = openChild(token, found.childSealed);
    if (refreshToken !== null) return { owner, refreshToken, isRepeat: true };
  }
  await killSession(context.database, now, owner, requestId);
  await context.events.refreshTokenReused({ ...owner, requestId });
  throw new AppError('token_reused');
}

async function killSession(
  database: Database,
  now: Date,
  owner: SessionOwner,
  requestId: string | undefined,
): Promise<void> {
  await database.$transaction(async (transaction) => {
    const ended = await transaction.session.updateMany({
      where: { id: owner.sessionId, endedAt: null },
      data: { endedAt: now, endReason: 'token_reused' },
    });
    if (ended.count === 0) return;
    await writeAudit(
      transaction,
      now,
      { userId: null, keyId: null, requestId },
      {
        organizationId: owner.organizationId,
        action: 'session_killed',
        subjectType: 'session',
        subjectId: owner.sessionId,
        details: { reason: 'token_reused' },
      },
    );
  });
}
