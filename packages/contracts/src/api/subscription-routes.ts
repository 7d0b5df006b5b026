import {
  cancelSubscriptionQuery,
  createPlanRequest,
  plan,
  planList,
  putSubscriptionRequest,
  subscriptionAnswer,
} from '../management/subscriptions.ts';
import type { ApiRoute } from './route.ts';

const tag = 'Subscriptions';
const reads = { tag, method: 'GET', needs: 'billing.read', status: 200 } as const;
const pays = { tag, needs: 'billing.pay', status: 200 } as const;
const manages = { tag: 'Operator', needs: 'billing.manage' } as const;
const plans = '/v1/billing/plans';
const subscription = '/v1/billing/subscription';

/** Plans, and the subscription of an organisation. */
export const subscriptionRoutes: readonly ApiRoute[] = [
  { ...reads, path: plans, summary: 'List plans', answer: planList },
  {
    ...{ ...manages, method: 'POST', path: plans, summary: 'Create a plan', status: 201 },
    ...{ body: createPlanRequest, answer: plan, codes: ['invalid_amount', 'conflict'] },
  },
  { ...manages, method: 'DELETE', path: `${plans}/{id}`, summary: 'Retire a plan', status: 204 },
  { ...reads, path: subscription, summary: 'Show the subscription', answer: subscriptionAnswer },
  {
    ...{ ...pays, method: 'PUT', path: subscription, summary: 'Subscribe, or change the plan' },
    ...{ body: putSubscriptionRequest, answer: subscriptionAnswer, codes: ['conflict', 'not_found'] },
    isConditional: true,
  },
  {
    ...{ ...pays, method: 'DELETE', path: subscription, summary: 'Cancel the subscription' },
    ...{ query: cancelSubscriptionQuery, answer: subscriptionAnswer, codes: ['not_found'], isConditional: true },
  },
];
