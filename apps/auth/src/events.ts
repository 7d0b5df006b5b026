import { type BlockKind, type KeyInvalidation, keyInvalidationChannel } from '@aggregator/contracts';
import type { InvalidationChannel } from '@aggregator/invalidation';
import type { Logger, Metrics } from '@aggregator/service-kit';

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
   * Also makes the gateways forget what they know of the keys; null stands for a key whose hash cannot be read any
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
  const registrations = metrics.counter('auth_accounts_registered_total', 'Organisations that registered.');
  const logins = metrics.counter('auth_logins_total', 'Logins, by result.', ['result']);
  const ssoLogins = metrics.counter('auth_sso_logins_total', 'Logins at identity providers, by result.', ['result']);
  const refreshes = metrics.counter('auth_refreshes_total', 'Refreshes of a session, by result.', ['result']);
  const endings = metrics.counter('auth_sessions_ended_total', 'Sessions that their users ended.');
  const updates = metrics.counter('auth_profiles_updated_total', 'Profiles that their users changed.');
  const organizations = metrics.counter('auth_organizations_updated_total', 'Organisations that were changed.');
  const changes = metrics.counter('auth_api_keys_changed_total', 'Changes of API keys, by kind.', ['change']);
  const members = metrics.counter('auth_members_changed_total', 'Changes of members, by kind.', ['change']);
  const budgets = metrics.counter('auth_budgets_changed_total', 'Changes of budgets, by kind.', ['change']);
  const limits = metrics.counter('auth_limits_changed_total', 'Changes of limits, by kind.', ['change']);
  const alerts = metrics.counter('auth_budget_alerts_total', 'Percents that budgets have reached.');
  const mails = metrics.counter('auth_mails_total', 'Attempts to send a mail, by result.', ['result']);
  const webhooks = metrics.counter(
    'auth_webhook_attempts_total',
    'Attempts to send a webhook, by state of its delivery.',
    ['state'],
  );
  const blocks = metrics.counter('auth_access_changed_total', 'Blocks and their ends, by change.', ['change']);
  const security = metrics.counter('auth_security_events_total', 'Suspicious use, by type and severity.', [
    ...(['type', 'severity'] as const),
  ]);
  const verdicts = metrics.counter('auth_key_verdicts_total', 'Keys that gateways asked about, by verdict.', [
    'verdict',
  ]);
  const lost = metrics.counter(
    'auth_invalidations_lost_total',
    'Changes of keys and organisations that could not be published.',
  );

  async function publish(message: KeyInvalidation, requestId: string | undefined): Promise<void> {
    try {
      await invalidation.publish(keyInvalidationChannel, JSON.stringify(message));
    } catch (error) {
      lost.inc();
      logger.error('key_invalidation_not_published', { requestId, error });
    }
  }

  const publishUser = ({ userId, requestId }: { userId: string; requestId: string | undefined }) =>
    publish({ keySha256: [], all: false, userIds: [userId] }, requestId);

  return {
    accountRegistered(fact) {
      registrations.inc();
      logger.info('account_registered', { ...fact });
    },
    loginSucceeded(fact) {
      logins.inc({ result: 'succeeded' });
      logger.info('login_succeeded', { ...fact });
    },
    loginFailed(fact) {
      logins.inc({ result: fact.code });
      logger.warn('login_failed', { ...fact });
    },
    ssoLoginEnded(fact) {
      ssoLogins.inc({ result: fact.code });
      if (fact.code === 'succeeded') logger.info('sso_login_succeeded', { ...fact });
      else logger.warn('sso_login_failed', { ...fact });
    },
    sessionRefreshed(fact) {
      refreshes.inc({ result: fact.isRepeat ? 'repeated' : 'rotated' });
      logger.info('session_refreshed', { ...fact });
    },
    async refreshTokenReused(fact) {
      refreshes.inc({ result: 'reused' });
      logger.warn('refresh_reuse_ended_session', { ...fact });
      await publishUser(fact);
    },
    async sessionsEnded(fact) {
      endings.inc({}, fact.count);
      logger.info('sessions_ended', { ...fact });
      if (fact.count > 0) await publishUser(fact);
    },
    async passwordChanged(fact) {
      endings.inc({}, fact.count);
      logger.info('password_changed', { ...fact });
      await publishUser(fact);
    },
    async accessChanged({ cut, ...fact }) {
      const { kind, id, organizationId, isBlocked } = fact;
      blocks.inc({ change: isBlocked ? 'blocked' : 'unblocked' });
      logger.warn('access_changed', { ...fact, isCut: cut !== null });
      // A key's block includes the keys that it made, all of its organisation.
      const about = kind === 'users' ? { userIds: [id] } : { organizationIds: [organizationId] };
      await publish({ keySha256: [], all: false, ...about, ...(cut && { cut }) }, fact.requestId);
    },
    async membersChanged({ userIds, ...fact }) {
      members.inc({ change: fact.change });
      logger.info('members_changed', { ...fact, userIds });
      const { organizationId, requestId } = fact;
      // A removal also revokes keys that the member's keys made and that belong to others by now.
      const organizationIds = fact.change === 'removed' || fact.change === 'left' ? [organizationId] : [];
      await publish({ keySha256: [], all: false, userIds, organizationIds }, requestId);
    },
    async teamChanged(fact) {
      members.inc({ change: fact.change });
      logger.info('team_changed', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
    async budgetChanged(fact) {
      budgets.inc({ change: fact.change });
      logger.info('budget_changed', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
    async limitChanged(fact) {
      limits.inc({ change: fact.change });
      logger.info('limit_changed', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
    budgetAlert(fact) {
      alerts.inc();
      logger.warn('budget_alert', fact);
    },
    securityEvent(fact) {
      security.inc({ type: fact.type, severity: fact.severity });
      logger.warn('security_event', fact);
    },
    emailVerified(fact) {
      logger.info('email_verified', { ...fact });
    },
    mailLinkFailed(fact) {
      mails.inc({ result: 'not_queued' });
      logger.error('mail_link_failed', { ...fact });
    },
    mailSent(fact) {
      mails.inc({ result: 'sent' });
      logger.info('mail_sent', { ...fact });
    },
    mailFailed(fact) {
      mails.inc({ result: fact.isLast ? 'given_up' : 'failed' });
      if (fact.isLast) logger.error('mail_given_up', { ...fact });
      else logger.warn('mail_failed', { ...fact });
    },
    webhookAttempted(fact) {
      webhooks.inc({ state: fact.state });
      if (fact.state === 'delivered') logger.info('webhook_delivered', fact);
      else logger.warn(fact.state === 'failed' ? 'webhook_given_up' : 'webhook_failed', fact);
    },
    profileUpdated(fact) {
      updates.inc();
      logger.info('profile_updated', { ...fact });
    },
    async keyChanged({ keySha256, organizationIds, cut, ...fact }) {
      changes.inc({ change: fact.change });
      logger.info('key_changed', { ...fact, isCut: cut !== undefined });
      const further = { ...(organizationIds && { organizationIds }), ...(cut && { cut }) };
      await publish({ ...toKeyInvalidation(keySha256), ...further }, fact.requestId);
    },
    async organizationUpdated(fact) {
      organizations.inc();
      logger.info('organization_updated', { ...fact });
      await publish({ keySha256: [], all: false, organizationIds: [fact.organizationId] }, fact.requestId);
    },
    keyJudged({ isValid }) {
      verdicts.inc({ verdict: isValid ? 'valid' : 'invalid' });
    },
  };
}

function toKeyInvalidation(keySha256: readonly (string | null)[]): KeyInvalidation {
  const known = keySha256.filter((hash) => hash !== null);
  return known.length === keySha256.length ? { keySha256: known, all: false } : { keySha256: [], all: true };
}
