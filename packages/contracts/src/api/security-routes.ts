import { leakedKeysAnswer, leakedKeysRequest, securityEventList, securityEventQuery } from '../management/security.ts';
import type { ApiRoute } from './route.ts';

/** Suspicious use, and reports of leaked keys. */
export const securityRoutes: readonly ApiRoute[] = [
  {
    ...{ tag: 'Security', method: 'GET', path: '/v1/auth/security-events', needs: 'audit.read' },
    ...{ summary: 'List security events, newest first', query: securityEventQuery },
    ...{ status: 200, answer: securityEventList },
  },
  {
    ...{ tag: 'Security', method: 'POST', path: '/v1/auth/leaked-keys', needs: 'nothing' },
    ...{ summary: 'Report leaked API keys; signed by a secret scanner', body: leakedKeysRequest },
    ...{ status: 200, answer: leakedKeysAnswer, codes: ['invalid_signature'] },
  },
];
