import { securityEventType, securitySeverity } from '@aggregator/contracts';
import type { Metrics } from '@aggregator/service-kit';

export type AuthCounters = ReturnType<typeof createAuthCounters>;

/** Figures of auth, under the names that alerts and dashboards use. */
export function createAuthCounters(metrics: Metrics) {
  return {
    registrations: metrics.counter('auth_accounts_registered_total', 'Organisations that registered.'),
    logins: metrics.counter('auth_logins_total', 'Logins, by result.', ['result']),
    ssoLogins: metrics.counter('auth_sso_logins_total', 'Logins at identity providers, by result.', ['result']),
    refreshes: metrics.counter('auth_refreshes_total', 'Refreshes of a session, by result.', ['result']),
    endings: metrics.counter('auth_sessions_ended_total', 'Sessions that their users ended.'),
    updates: metrics.counter('auth_profiles_updated_total', 'Profiles that their users changed.'),
    organizations: metrics.counter('auth_organizations_updated_total', 'Organisations that were changed.'),
    changes: metrics.counter('auth_api_keys_changed_total', 'Changes of API keys, by kind.', ['change']),
    members: metrics.counter('auth_members_changed_total', 'Changes of members, by kind.', ['change']),
    budgets: metrics.counter('auth_budgets_changed_total', 'Changes of budgets, by kind.', ['change']),
    limits: metrics.counter('auth_limits_changed_total', 'Changes of limits, by kind.', ['change']),
    alerts: metrics.counter('auth_budget_alerts_total', 'Percents that budgets have reached.'),
    mails: metrics.counter('auth_mails_total', 'Attempts to send a mail, by result.', ['result']),
    webhooks: metrics.counter('auth_webhook_attempts_total', 'Attempts to send a webhook, by state of its delivery.', [
      'state',
    ]),
    blocks: metrics.counter('auth_access_changed_total', 'Blocks and their ends, by change.', ['change']),
    security: createSecurityCounter(metrics),
    verdicts: metrics.counter('auth_key_verdicts_total', 'Keys that gateways asked about, by verdict.', ['verdict']),
    lost: metrics.counter(
      'auth_invalidations_lost_total',
      'Changes of keys and organisations that could not be published.',
    ),
  };
}

function createSecurityCounter(metrics: Metrics) {
  const labels = ['type', 'severity'] as const;
  const events = metrics.counter('auth_security_events_total', 'Suspicious use, by type and severity.', labels);
  // An alert on a growing figure sees its first step only where the figure was there before.
  for (const type of securityEventType.options) {
    for (const severity of securitySeverity.options) events.inc({ type, severity }, 0);
  }
  return events;
}
