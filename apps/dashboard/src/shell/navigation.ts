import type { Action, User } from '@aggregator/contracts';
import { can } from '../api/permissions.ts';
import type { navigationWords } from './navigation-words.ts';

type Word = keyof typeof navigationWords;

interface Entry {
  readonly to: string;
  readonly word: Word;
  /** What a person must be able to do; absent if everybody is shown it. */
  readonly needs?: Action;
}

const groups: readonly { word: Word; entries: readonly Entry[] }[] = [
  {
    word: 'use',
    entries: [
      { to: '/overview', word: 'overview' },
      { to: '/start', word: 'start', needs: 'models.call' },
      { to: '/keys', word: 'keys', needs: 'keys.manage' },
      { to: '/models', word: 'models', needs: 'models.call' },
      { to: '/playground', word: 'playground', needs: 'models.call' },
      { to: '/usage', word: 'usage', needs: 'usage.read' },
      { to: '/requests', word: 'requests', needs: 'billing.read' },
    ],
  },
  {
    word: 'organization',
    entries: [
      { to: '/billing', word: 'billing', needs: 'billing.read' },
      { to: '/invoices', word: 'invoices', needs: 'billing.read' },
      { to: '/subscription', word: 'subscription', needs: 'billing.read' },
      { to: '/payers', word: 'payers', needs: 'billing.read' },
      { to: '/advice', word: 'advice', needs: 'billing.read' },
      { to: '/budgets', word: 'budgets', needs: 'budgets.manage' },
      { to: '/limits', word: 'limits', needs: 'limits.manage' },
      { to: '/team', word: 'team', needs: 'members.read' },
      { to: '/bulk', word: 'bulk', needs: 'members.manage' },
      { to: '/scim', word: 'scim', needs: 'members.manage' },
      { to: '/webhooks', word: 'webhooks', needs: 'webhooks.manage' },
      { to: '/audit', word: 'audit', needs: 'audit.read' },
      { to: '/settings', word: 'settings' },
    ],
  },
  {
    word: 'installation',
    entries: [
      { to: '/operator/organizations', word: 'organizations', needs: 'tenants.manage' },
      { to: '/operator/providers', word: 'providers', needs: 'providers.manage' },
      { to: '/operator/traffic', word: 'traffic', needs: 'providers.manage' },
      { to: '/operator/routes', word: 'routes', needs: 'providers.manage' },
      { to: '/operator/prices', word: 'prices', needs: 'prices.manage' },
      { to: '/operator/ledger', word: 'ledger', needs: 'billing.manage' },
      { to: '/operator/bank-transfers', word: 'bankTransfers', needs: 'billing.manage' },
      { to: '/operator/alerts', word: 'alerts', needs: 'alerts.manage' },
      { to: '/operator/dead-letters', word: 'deadLetters', needs: 'billing.manage' },
      { to: '/operator/reconciliation', word: 'reconciliation', needs: 'billing.manage' },
      { to: '/operator/sign-on', word: 'signOn', needs: 'tenants.manage' },
    ],
  },
];

/** Returns the parts of the navigation that a person can use. */
export function navigationFor(user: User | undefined) {
  return groups
    .map(({ word, entries }) => ({
      word,
      entries: entries.filter(({ needs }) => needs === undefined || can(user, needs)),
    }))
    .filter(({ entries }) => entries.length > 0);
}
