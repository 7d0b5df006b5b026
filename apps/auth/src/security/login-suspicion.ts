import type { Database } from '../database/create-database.ts';
import { recordSecurityEvent, type SecurityParts } from './record-security-event.ts';

const windowMs = 3_600_000;
const failuresMax = 10;
const accountsMax = 10_000;

/** Watches failed logins of accounts that exist. Each process counts alone, 10,000 accounts at most. */
export interface LoginSuspicion {
  /** Records an event at the tenth failure within an hour. */
  failed(user: { id: string; organizationId: string }): void;
  /** Records an event if the login succeeded after so many failures. */
  succeeded(user: { id: string; organizationId: string }): void;
}

interface Parts extends SecurityParts {
  readonly database: Database;
  now(): Date;
}

/** `onError`: an event that could not be recorded; the login is not affected. */
export function createLoginSuspicion(parts: Parts, onError: (error: unknown) => void): LoginSuspicion {
  const failures = new Map<string, { count: number; sinceMs: number }>();

  function record(
    { id, organizationId }: { id: string; organizationId: string },
    event: { type: 'login.failures' | 'login.success_after_failures'; severity: 'medium' | 'high' },
  ): void {
    const now = parts.now();
    const subject = { organizationId, subjectType: 'user', subjectId: id, details: { failures: failuresMax } } as const;
    parts.database
      .$transaction((transaction) => recordSecurityEvent(transaction, now, parts, { ...event, ...subject }))
      .catch(onError);
  }

  return {
    failed(user) {
      const nowMs = parts.now().getTime();
      const before = failures.get(user.id);
      const isFresh = before === undefined || nowMs - before.sinceMs >= windowMs;
      const entry = isFresh ? { count: 1, sinceMs: nowMs } : { ...before, count: before.count + 1 };
      failures.delete(user.id);
      const [oldest] = failures.keys();
      if (failures.size >= accountsMax && oldest !== undefined) failures.delete(oldest);
      failures.set(user.id, entry);
      if (entry.count === failuresMax) record(user, { type: 'login.failures', severity: 'medium' });
    },
    succeeded(user) {
      const before = failures.get(user.id);
      failures.delete(user.id);
      if (before === undefined || before.count < failuresMax) return;
      if (parts.now().getTime() - before.sinceMs >= windowMs) return;
      record(user, { type: 'login.success_after_failures', severity: 'high' });
    },
  };
}
