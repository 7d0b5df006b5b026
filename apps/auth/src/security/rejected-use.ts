import type { AuthContext } from '../auth-context.ts';
import { recordSecurityEvent } from './record-security-event.ts';

/** A program that still has the key when it is revoked or rotated may need so long to stop. */
const graceMs = 10 * 60_000;

type Parts = Pick<AuthContext, 'database' | 'now' | 'mails' | 'sendsMails' | 'events'>;

/** Records that a key is used which was revoked longer than ten minutes ago. Gateways ask about such a key once a minute at most. */
export async function recordRejectedUse(
  parts: Parts,
  { id, organizationId, revokedAt }: { id: string; organizationId: string; revokedAt: Date },
): Promise<void> {
  const now = parts.now();
  if (now.getTime() - revokedAt.getTime() < graceMs) return;
  await parts.database.$transaction((transaction) =>
    recordSecurityEvent(transaction, now, parts, {
      ...{ organizationId, type: 'key.rejected_use', severity: 'low', subjectType: 'api_key', subjectId: id },
    }),
  );
}
