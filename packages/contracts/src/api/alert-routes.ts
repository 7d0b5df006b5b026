import { alertList, alertQuery, alertTest, createSilenceRequest, silence, silenceList } from '../management/alerts.ts';
import type { ApiRoute } from './route.ts';

const manages = { tag: 'Operator', needs: 'alerts.manage' } as const;
const silences = '/v1/analytics/silences';

/** Alerts of the installation. */
export const alertRoutes: readonly ApiRoute[] = [
  {
    ...{ ...manages, method: 'GET', path: '/v1/analytics/alerts', summary: 'List alerts of the installation' },
    ...{ query: alertQuery, status: 200, answer: alertList },
  },
  {
    ...{ ...manages, method: 'POST', path: '/v1/analytics/alerts/test', summary: 'Send a test alert to each channel' },
    ...{ status: 200, answer: alertTest },
  },
  {
    ...{ ...manages, method: 'GET', path: silences, summary: 'List silences that have not ended' },
    ...{ status: 200, answer: silenceList },
  },
  {
    ...{ ...manages, method: 'POST', path: silences, summary: 'Silence alerts until a time' },
    ...{ body: createSilenceRequest, status: 201, answer: silence, codes: ['conflict'] },
  },
  { ...manages, method: 'DELETE', path: `${silences}/{id}`, summary: 'End a silence', status: 204 },
];
