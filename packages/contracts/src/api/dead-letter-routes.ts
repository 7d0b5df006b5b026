import { deadLetterPage, deadLetterReplay, deadLetterWithBody } from '../management/dead-letters.ts';
import { queryPage } from '../management/page.ts';
import type { ApiRoute } from './route.ts';

const manages = { tag: 'Operator', needs: 'billing.manage' } as const;
const letters = '/v1/billing/dead-letters';

/** Events that billing could not post. */
export const deadLetterRoutes: readonly ApiRoute[] = [
  {
    ...{ ...manages, method: 'GET', path: letters, summary: 'List events of usage that could not be posted' },
    ...{ query: queryPage, status: 200, answer: deadLetterPage },
  },
  {
    ...{ ...manages, method: 'GET', path: `${letters}/{id}`, summary: 'Show such an event as it came' },
    ...{ status: 200, answer: deadLetterWithBody },
  },
  {
    ...{ ...manages, method: 'POST', path: `${letters}/{id}/replay`, summary: 'Try to post such an event again' },
    ...{ status: 200, answer: deadLetterReplay },
  },
  { ...manages, method: 'DELETE', path: `${letters}/{id}`, summary: 'Drop such an event', status: 204 },
];
