import { accountRoutes } from './account-routes.ts';
import { aiApiRoutes } from './ai-routes.ts';
import { alertRoutes } from './alert-routes.ts';
import { budgetRoutes } from './budget-routes.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { invoiceRoutes } from './invoice-routes.ts';
import { limitRoutes } from './limit-routes.ts';
import { moneyRoutes } from './money-routes.ts';
import { organizationRoutes } from './organization-routes.ts';
import { payerRoutes } from './payer-routes.ts';
import { paymentRoutes } from './payment-routes.ts';
import { priceRoutes } from './price-routes.ts';
import { providerRoutes } from './provider-routes.ts';
import { reconciliationRoutes } from './reconciliation-routes.ts';
import type { ApiRoute } from './route.ts';
import { securityRoutes } from './security-routes.ts';
import { ssoRoutes } from './sso-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** Every public route of the gateway, in the order of the reference. */
export const apiRoutes: readonly ApiRoute[] = [
  ...aiApiRoutes,
  ...accountRoutes,
  ...ssoRoutes,
  ...organizationRoutes,
  ...moneyRoutes,
  ...budgetRoutes,
  ...limitRoutes,
  ...webhookRoutes,
  ...securityRoutes,
  ...paymentRoutes,
  ...payerRoutes,
  ...deadLetterRoutes,
  ...invoiceRoutes,
  ...subscriptionRoutes,
  ...reconciliationRoutes,
  ...alertRoutes,
  ...providerRoutes,
  ...priceRoutes,
];
