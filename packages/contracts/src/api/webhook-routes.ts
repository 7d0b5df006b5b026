import {
  createdWebhook,
  createWebhookRequest,
  webhookDelivery,
  webhookDeliveryList,
  webhookDeliveryQuery,
  webhookList,
} from '../management/webhooks.ts';
import type { ApiRoute } from './route.ts';

const manages = { tag: 'Webhooks', needs: 'webhooks.manage' } as const;
const base = '/v1/auth/organization/webhooks';

/** Events that are sent to the organisation's own addresses. */
export const webhookRoutes: readonly ApiRoute[] = [
  {
    ...{
      ...manages,
      method: 'POST',
      path: base,
      summary: 'Create a webhook endpoint; the answer shows its secret once',
    },
    ...{ body: createWebhookRequest, status: 201, answer: createdWebhook, codes: ['conflict'] },
  },
  {
    ...{ ...manages, method: 'GET', path: base, summary: 'List webhook endpoints' },
    ...{ status: 200, answer: webhookList },
  },
  {
    ...{ ...manages, method: 'DELETE', path: `${base}/{webhookId}`, summary: 'Delete a webhook endpoint and its log' },
    ...{ status: 204 },
  },
  {
    ...{ ...manages, method: 'POST', path: `${base}/{webhookId}/test`, summary: 'Send a test event to an endpoint' },
    ...{ status: 202, answer: webhookDelivery },
  },
  {
    ...{ ...manages, method: 'GET', path: `${base}/{webhookId}/deliveries`, summary: 'List deliveries, newest first' },
    ...{ query: webhookDeliveryQuery, status: 200, answer: webhookDeliveryList },
  },
  {
    ...{ ...manages, method: 'POST', path: `${base}/{webhookId}/deliveries/{deliveryId}/replay` },
    ...{ summary: 'Send a delivery again', status: 202, answer: webhookDelivery, codes: ['conflict'] },
  },
];
