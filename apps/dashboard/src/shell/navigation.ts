import type { Action, User } from '@aggregator/contracts';
import { can } from '../api/permissions.ts';
import type { navigationWords } from './navigation-words.ts';

type Word = keyof typeof navigationWords;

interface Entry {
  readonly to: string;
  readonly word: Word;
  /** What a person must be able to do; absent if everybody is shown it. */
  readonly needs?: Action;
  readonly forOperator?: true;
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
    entries: [{ to: '/settings', word: 'settings' }],
  },
];

/** Returns the parts of the navigation that a person can use. */
export function navigationFor(user: User | undefined) {
  return groups
    .map(({ word, entries }) => ({
      word,
      entries: entries.filter(
        ({ needs, forOperator }) =>
          (needs === undefined || can(user, needs)) && (forOperator === undefined || user?.isOperator === true),
      ),
    }))
    .filter(({ entries }) => entries.length > 0);
}
