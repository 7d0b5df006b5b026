import type { AlertRule } from '../rule.ts';
import { grew, maxAbove } from './readings.ts';

/** Alerts on what organisations do, and on messages to them. */
export const accountRules: readonly AlertRule[] = [
  {
    name: 'AggregatorSecurityIncident',
    ...{ severity: 'critical', forMinutes: 0, page: 'security-incident' },
    cause: {
      anyOf: [
        {
          reading: {
            ...{ read: 'increase', minutes: 15, by: ['type'] },
            of: {
              name: 'auth_security_events_total',
              where: [{ label: 'severity', is: '=~', value: 'high|critical' }],
            },
          },
          ...{ is: '>', threshold: 0 },
        },
      ],
    },
    summary: 'Suspicious use of high severity was seen: {type}.',
  },
  {
    name: 'AggregatorBalanceLow',
    ...{ severity: 'warning', forMinutes: 0, page: 'low-balance' },
    cause: { anyOf: [grew('billing_low_balances_total', 15)] },
    summary: 'A balance fell below the warning line.',
  },
  {
    name: 'AggregatorSpendingUnusual',
    ...{ severity: 'warning', forMinutes: 0, page: 'unusual-spending' },
    cause: { anyOf: [grew('billing_unusual_spending_total', 15)] },
    summary: 'An organisation spends much more than on the days before.',
  },
  {
    name: 'AggregatorCardExpiring',
    ...{ severity: 'warning', forMinutes: 0, page: 'payment-ending' },
    cause: { anyOf: [grew('billing_notices_total', 15, { type: 'card.expiring' })] },
    summary: 'The saved card of an organisation expires within 30 days.',
  },
  {
    name: 'AggregatorSubscriptionEnding',
    ...{ severity: 'warning', forMinutes: 0, page: 'payment-ending' },
    cause: {
      anyOf: [
        {
          reading: {
            ...{ read: 'increase', minutes: 15, by: ['type'] },
            of: {
              name: 'billing_notices_total',
              where: [
                {
                  label: 'type',
                  is: '=~',
                  value: 'subscription.ending|subscription.ended|subscription.past_due|subscription.suspended',
                },
              ],
            },
          },
          ...{ is: '>', threshold: 0 },
        },
      ],
    },
    summary: 'A subscription ends or was not paid: {type}.',
  },
  {
    name: 'AggregatorNoticesWaiting',
    ...{ severity: 'warning', forMinutes: 30, page: 'notices-waiting' },
    cause: { anyOf: [maxAbove('billing_notices_waiting', 0), grew('billing_notices_given_up_total', 60)] },
    summary: 'Notices of balances, payments and invoices do not reach auth.',
  },
  {
    name: 'AggregatorJobsWaiting',
    ...{ severity: 'warning', forMinutes: 15, page: 'jobs-waiting' },
    cause: {
      anyOf: [maxAbove('auth_waiting_jobs', 1000, ['queue']), maxAbove('analytics_waiting_jobs', 100, ['queue'])],
    },
    summary: 'Many jobs of the queue {queue} wait: they are done more slowly than they come.',
  },
];
