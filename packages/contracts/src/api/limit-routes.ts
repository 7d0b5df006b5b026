import {
  createLimitRequest,
  limitList,
  limitQuery,
  limitStatusList,
  shownLimit,
  updateLimitRequest,
} from '../management/limits.ts';
import type { ApiRoute } from './route.ts';

const manages = { tag: 'Limits', needs: 'limits.manage' } as const;
const base = '/v1/auth/organization/limits';

/** What requests may take in a minute and at once. */
export const limitRoutes: readonly ApiRoute[] = [
  {
    ...{ ...manages, method: 'POST', path: base, summary: 'Create a limit, which counts from now on' },
    ...{ body: createLimitRequest, status: 201, answer: shownLimit, codes: ['not_found'] },
  },
  {
    ...{ ...manages, method: 'GET', path: base, summary: 'List limits, oldest first' },
    ...{ query: limitQuery, status: 200, answer: limitList },
  },
  {
    ...{ ...manages, method: 'GET', path: `${base}/{limitId}`, summary: 'Show a limit' },
    ...{ status: 200, answer: shownLimit },
  },
  {
    ...{ ...manages, method: 'PATCH', path: `${base}/{limitId}`, summary: 'Change a limit' },
    ...{ body: updateLimitRequest, status: 200, answer: shownLimit, isConditional: true },
  },
  {
    ...{ ...manages, method: 'DELETE', path: `${base}/{limitId}`, summary: 'Delete a limit' },
    ...{ status: 204, isConditional: true },
  },
  {
    ...{ tag: 'Limits', method: 'GET', needs: 'billing.read', path: '/v1/billing/limits' },
    ...{
      summary: 'List limits with what is used of them now',
      query: limitQuery,
      status: 200,
      answer: limitStatusList,
    },
  },
];
