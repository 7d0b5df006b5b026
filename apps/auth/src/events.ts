import { type BlockKind, type KeyInvalidation, keyInvalidationChannel } from '@aggregator/contracts';
import type { InvalidationChannel } from '@aggregator/invalidation';
import type { Logger, Metrics } from '@aggregator/service-kit';
import { type AuthCounters, createAuthCounters } from './auth-counters.ts';

/** As many as one message to the gateways can name. */
export const cutKeysMax = 1000;

export type Cut = NonNullable<KeyInvalidation['cut']>;

interface Happening {
  requestId: string | undefined;
  userId?: string;
  organizationId?: string;
  keyId?: string | null;
  sessionId?: string;
}

/** What happens in auth, each a counter and a line of the log. No address, name or secret is in them. */
export interface AuthEvents {
  accountRegistered(fact: Happening): void;
  loginSucceeded(fact: Happening): void;
  loginFailed(fact: Happening & { code: string }): void;
  /** A login at an identity provider that was verified, or not. `reason`: what was wrong, for the operator. */
  ssoLoginEnded(fact: Happening & { provider: string; code: string; reason?: string }): void;
  sessionRefreshed(fact: Happening & { isRepeat: boolean }): void;
  /** Also publishes that the user's sessions changed, as `sessionsEnded` does. */
  refreshTokenReused(fact: Happening & { userId: string }): Promise<void>;
  /** Gateways then reject the access tokens of these sessions; resolves in any case, as `keyChanged` does. */
  sessionsEnded(fact: Happening & { userId: string; count: number }): Promise<void>;
  /** `count`: other sessions that ended with it. */
  passwordChanged(fact: Happening & { userId: string; count: number }): Promise<void>;
  /** A block, or its end. Gateways then ask again about all that it concerns; `cut` also ends open answers. */
  accessChanged(
    fact: Happening & {
      kind: BlockKind;
      id: string;
      organizationId: string;
      isBlocked: boolean;
      cut: Cut | null;
    },
  ): Promise<void>;
  /** Members whose role changed, who left or were removed. Gateways then ask again about all that it concerns. */
  membersChanged(
    fact: Happening & {
      change: 'role_changed' | 'removed' | 'left' | 'joined' | 'ownership_transferred';
      organizationId: string;
      userIds: string[];
    },
  ): Promise<void>;
  /** Also makes gateways ask again about every key of the organisation, as `organizationUpdated` does. */
  teamChanged(fact: Happening & { organizationId: string; teamId: string; change: string }): Promise<void>;
  /** Also makes gateways ask again about every key of the organisation, so that the budget counts at once. */
  budgetChanged(fact: Happening & { organizationId: string; budgetId: string; change: string }): Promise<void>;
  /** Also makes gateways ask again about every key of the organisation, so that the limit counts at once. */
  limitChanged(fact: Happening & { organizationId: string; limitId: string; change: string }): Promise<void>;
  /** A budget has reached one of its percents for the first time in its period. */
  budgetAlert(fact: {
    organizationId: string;
    budgetId: string;
    period: string;
    percent: number;
    spentNanoUsd: string;
  }): void;
  /** Suspicious use, each time that it is seen. */
  securityEvent(fact: {
    organizationId: string | null;
    type: string;
    severity: string;
    subjectType: string;
    subjectId: string;
    requestId: string | undefined;
  }): void;
  emailVerified(fact: Happening): void;
  /** A link could not be put into a mail; the caller has its neutral answer already. */
  mailLinkFailed(fact: { purpose: string; error: unknown }): void;
  mailSent(fact: { mailId: string; template: string; attempts: number }): void;
  /** `isLast`: it is given up. `reason`: codes of the error, without the address. */
  mailFailed(fact: { mailId: string; template: string; attempts: number; isLast: boolean; reason: string }): void;
  /** An attempt to send a webhook. `reason`: null if it was delivered. */
  webhookAttempted(fact: {
    organizationId: string;
    deliveryId: string;
    type: string;
    attempt: number;
    state: 'delivered' | 'waiting' | 'failed';
    reason: string | null;
  }): void;
  profileUpdated(fact: Happening): void;
  /**
   * Also makes the gateways forget what they know of the keys; null means a key whose hash cannot be read any
   * more, so that they forget everything. `cut` also ends the open answers of those callers. Resolves in any case: a lost message is found by the poll of the epoch.
   */
  keyChanged(
    fact: Happening & {
      change: 'created' | 'revoked' | 'rotated';
      keySha256: readonly (string | null)[];
      /** Organisations of which every key's verdict is to be forgotten. */
      organizationIds?: string[];
      cut?: Cut;
    },
  ): Promise<void>;
  /** Also makes the gateways forget what they know of the organisation; resolves in any case, as `keyChanged` does. */
  organizationUpdated(fact: Happening & { organizationId: string }): Promise<void>;
  keyJudged(fact: { isValid: boolean }): void;
}

export function createAuthEvents(logger: Logger, metrics: Metrics, invalidation: InvalidationChannel): AuthEvents {
  const counters = createAuthCounters(metrics);
  const publish = createPublisher(logger, counters, invalidation);
  return {
    ...createAccountEvents(logger, counters),
    ...createChangeEvents(logger, counters, publish),
    ...createDeliveryEvents(logger, counters),
  };
}

type Publish = ReturnType<typeof createPublisher>;

/** Publishes what gateways must forget. Resolves in any case. */
function createPublisher(logger: Logger, counters: AuthCounters, invalidation: InvalidationChannel) {
  return async (message: KeyInvalidation, requestId: string | undefined): Promise<void> => {
    try {
      await invalidation.publish(keyInvalidationChannel, JSON.stringify(message));
    } catch (error) {
      counters.lost.inc();
      logger.error('key_invalidation_not_published', { requestId, error });
    }
  };
}

/** What gateways need not know. */
function createAccountEvents(logger: Logger, counters: AuthCounters) {
  return {
    accountRegistered(fact) {
      counters.registrations.inc();
      logger.info('account_registered', { ...fact });
    },
    loginSucceeded(fact) {
      counters.logins.inc({ result: 'succeeded' });
      logger.info('login_succeeded', { ...fact });
    },
    loginFailed(fact) {
      counters.logins.inc({ result: fact.code });
      logger.warn('login_failed', { ...fact });
    },
    ssoLoginEnded(fact) {
      counters.ssoLogins.inc({ result: fact.code });
      if (fact.code === 'succeeded') logger.info('sso_login_succeeded', { ...fact });
      else logger.warn('sso_login_failed', { ...fact });
    },
    sessionRefreshed(fact) {
      counters.refreshes.inc({ result: fact.isRepeat ? 'repeated' : 'rotated' });
      logger.info('session_refreshed', { ...fact });
    },
    securityEvent(fact) {
      counters.security.inc({ type: fact.type, severity: fact.severity });
      logger.warn('security_event', fact);
    },
    emailVerified(fact) {
      logger.info('email_verified', { ...fact });
    },
    profileUpdated(fact) {
      counters.updates.inc();
      logger.info('profile_updated', { ...fact });
    },
    keyJudged({ isValid }) {
      counters.verdicts.inc({ verdict: isValid ? 'valid' : 'invalid' });
    },
  } satisfies Partial<AuthEvents>;
}

/** Changes that gateways must know: each is also published. */
function createChangeEvents(logger: Logger, counters: AuthCounters, publish: Publish) {
  const publishUser = ({ userId, requestId }: { userId: string; requestId: string | undefined }) =>
    publish({ keySha256: [], all: false, userIds: [userId] }, requestId);

  return {
    async refreshTokenReused(fact) {
      counters.refreshes.inc({ result: 'reused' });
      logger.warn('refresh_reuse_ended_session', { ...fact });
      await publishUser(fact);
    },
    async sessionsEnded(fact) {
      counters.endings.inc({}, fact.count);
      logger.info('sessions_ended', { ...fact });
      if (fact.count > 0) await publishUser(fact);
    },
    async passwordChanged(fact) {
      counters.endings.inc({}, fact.count);
      logger.info('password_changed', { ...fact });
      await publishUser(fact);
    },
    async accessChanged({ cut, ...fact }) {
      const { kind, id, organizationId, isBlocked } = fact;
      counters.blocks.inc({ change: isBlocked ? 'blocked' : 'unblocked' });
      logger.warn('access_changed', { ...fact, isCut: cut !== null });
      // A key's block includes the keys that it made, all of its organisation.
      const about = kind === 'users' ? { userIds: [id] } : { organizationIds: [organizationId] };
      await publish({ keySha256: [], all: false, ...about, ...(cut && { cut }) }, fact.requestId);
    },
    async membersChanged({ userIds, ...fact }) {
      counters.members.inc({ change: fact.change });
      logger.info('members_changed', { ...fact, userIds });
      const { organizationId, requestId } = fact;
      // A removal also revokes keys that the member's keys made and that belong to others by now.
      const organizationIds = fact.change === 'removed' || fact.change === 'left' ? [organizationId] : [];
      await publish({ keySha256: [], all: false, userIds, organizationIds }, requestId);
    },
    async teamChanged(fact) {
      counters.members.inc({ change: fact.change });
      logger.info('team_changed', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
    async budgetChanged(fact) {
      counters.budgets.inc({ change: fact.change });
      logger.info('budget_changed', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
    async limitChanged(fact) {
      counters.limits.inc({ change: fact.change });
      logger.info('limit_changed', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
    async keyChanged({ keySha256, organizationIds, cut, ...fact }) {
      counters.changes.inc({ change: fact.change });
      logger.info('key_changed', { ...fact, isCut: cut !== undefined });
      const further = { ...(organizationIds && { organizationIds }), ...(cut && { cut }) };
      await publish({ ...toKeyInvalidation(keySha256), ...further }, fact.requestId);
    },
    async organizationUpdated(fact) {
      counters.organizations.inc();
      logger.info('organization_updated', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
  } satisfies Partial<AuthEvents>;
}

/** What leaves for people and other systems. */
function createDeliveryEvents(logger: Logger, counters: AuthCounters) {
  return {
    budgetAlert(fact) {
      counters.alerts.inc();
      logger.warn('budget_alert', fact);
    },
    mailLinkFailed(fact) {
      counters.mails.inc({ result: 'not_queued' });
      logger.error('mail_link_failed', { ...fact });
    },
    mailSent(fact) {
      counters.mails.inc({ result: 'sent' });
      logger.info('mail_sent', { ...fact });
    },
    mailFailed(fact) {
      counters.mails.inc({ result: fact.isLast ? 'given_up' : 'failed' });
      if (fact.isLast) logger.error('mail_given_up', { ...fact });
      else logger.warn('mail_failed', { ...fact });
    },
    webhookAttempted(fact) {
      counters.webhooks.inc({ state: fact.state });
      if (fact.state === 'delivered') logger.info('webhook_delivered', fact);
      else logger.warn(fact.state === 'failed' ? 'webhook_given_up' : 'webhook_failed', fact);
    },
  } satisfies Partial<AuthEvents>;
}

function toKeyInvalidation(keySha256: readonly (string | null)[]): KeyInvalidation {
  const known = keySha256.filter((hash) => hash !== null);
  return known.length === keySha256.length ? { keySha256: known, all: false } : { keySha256: [], all: true };
}
