import type { Scope } from '@aggregator/contracts';
import { listDeclaredRoutes, publicRoutes } from './declared-routes.ts';

/** A route and a request to it that would succeed for its owner. */
export interface MatrixRoute {
  /** Method and path as the service declares them. */
  readonly route: string;
  /** `any`: every caller with a credential. `session`: an access token, of a user with `profile:manage`. */
  readonly needs: Scope | 'any' | 'session';
  /** Names of ids in it, such as `:userId`, stand for those of the victim. */
  readonly body?: unknown;
  /** The path names an object of one tenant; for every other tenant it does not exist. */
  readonly isOwned?: boolean;
  /** Path of the request if it is not that of `route` with the ids of the victim. */
  readonly path?: string;
}

const messages = [{ role: 'user', content: 'hi' }];
const chat = { model: 'mock-small', messages };
const provider = { name: 'intruder', type: 'OpenAICompatible', baseUrl: 'https://example.com/v1' };
const topUp = { type: 'top_up', amountNanoUsd: '1', description: 'x', idempotencyKey: 'intruder-1' };
const pay = { amountNanoUsd: '5000000000', idempotencyKey: 'intruder-1' };
const profile = 'profile:manage';
const keys = 'keys:manage';
const tenants = 'tenants:manage';
const providers = 'providers:manage';
const prices = 'prices:manage';
const invitations = '/v1/auth/organization/invitations';
const teams = '/v1/auth/organization/teams';
const budgets = '/v1/auth/organization/budgets';
const limits = '/v1/auth/organization/limits';
const bulk = '/v1/auth/organization/bulk';
const webhooks = '/v1/auth/organization/webhooks';
const scimTokens = '/v1/auth/organization/scim-tokens';
const ssoProviders = '/v1/auth/sso-providers';
const ssoProvider = {
  ...{ label: 'x', issuer: 'https://id.example.com', clientId: 'x' },
  ...{ organizationId: ':organizationId', domains: ['example.com'] },
};
const members = '/v1/auth/organization/members';

const aiRoutes: readonly MatrixRoute[] = [
  { route: 'POST /v1/chat/completions', body: chat },
  { route: 'POST /v1/completions', body: { model: 'mock-small', prompt: 'hi' } },
  { route: 'POST /v1/embeddings', body: { model: 'mock-embedding', input: 'hi' } },
  { route: 'POST /v1/images/generations', body: { model: 'mock-image', prompt: 'hi' } },
  { route: 'POST /v1/responses', body: { model: 'mock-small', input: 'hi' } },
  { route: 'POST /v1/messages', body: { ...chat, max_tokens: 5 } },
  { route: 'POST /v1/messages/count_tokens', body: chat },
  { route: 'GET /v1/models' },
  { route: 'GET /v1/models/', path: '/v1/models/mock-small' },
  { route: 'GET /v1/capabilities' },
  { route: 'POST /v1/proxy/', path: '/v1/proxy/mock/chat/completions', body: chat },
  { route: 'POST /v1/conversations', body: {} },
  ...[
    { route: 'GET /v1/responses/:responseId' },
    { route: 'DELETE /v1/responses/:responseId' },
    { route: 'GET /v1/responses/:responseId/input_items' },
    { route: 'POST /v1/responses/:responseId/cancel', body: {} },
    { route: 'GET /v1/conversations/:conversationId' },
    { route: 'POST /v1/conversations/:conversationId', body: { metadata: { by: 'intruder' } } },
    { route: 'DELETE /v1/conversations/:conversationId' },
    { route: 'GET /v1/conversations/:conversationId/items' },
    {
      ...{ route: 'POST /v1/conversations/:conversationId/items' },
      body: { items: [{ type: 'message', role: 'user', content: 'intruder' }] },
    },
    { route: 'GET /v1/conversations/:conversationId/items/:itemId' },
    { route: 'DELETE /v1/conversations/:conversationId/items/:itemId' },
  ].map((row) => ({ ...row, isOwned: true })),
].map((row) => ({ ...row, needs: 'ai:invoke' as const }));

/** Every route behind the gateway that needs a credential. */
export const matrixRoutes: readonly MatrixRoute[] = [
  ...aiRoutes,
  { route: 'POST /v1/auth/logout', needs: 'any', body: {} },
  { route: 'GET /v1/users/profile', needs: profile },
  { route: 'PUT /v1/users/profile', needs: profile, body: { name: 'intruder' } },
  {
    route: 'POST /v1/users/password',
    needs: 'session',
    body: { currentPassword: 'x', newPassword: 'a long password' },
  },
  { route: 'POST /v1/users/email', needs: 'session', body: { password: 'x', newEmail: 'intruder@example.com' } },
  { route: 'GET /v1/users/sessions', needs: profile },
  { route: 'DELETE /v1/users/sessions/:sessionId', needs: 'session', isOwned: true },
  { route: 'POST /v1/auth/api-keys', needs: keys, body: { name: 'intruder' } },
  { route: 'GET /v1/auth/api-keys', needs: keys },
  { route: 'GET /v1/auth/api-keys/:keyId', needs: keys, isOwned: true },
  { route: 'DELETE /v1/auth/api-keys/:keyId', needs: keys, isOwned: true },
  { route: 'POST /v1/auth/api-keys/:keyId/rotate', needs: keys, isOwned: true, body: {} },
  { route: 'GET /v1/auth/organization', needs: keys },
  { route: 'PATCH /v1/auth/organization', needs: keys, body: { privacy: null } },
  {
    ...{ route: 'POST /v1/auth/organization/deletion', needs: 'session' },
    body: { name: 'intruder' },
  },
  { route: 'DELETE /v1/auth/organization/deletion', needs: 'session' },
  { route: 'GET /v1/auth/organization/export', needs: 'session' },
  {
    ...{ route: 'GET /v1/auth/audit', needs: 'session', isOwned: true },
    path: '/v1/auth/audit?organizationId=:organizationId',
  },
  {
    ...{ route: 'GET /v1/auth/security-events', needs: 'session', isOwned: true },
    path: '/v1/auth/security-events?organizationId=:organizationId',
  },
  { route: 'GET /v1/auth/memberships', needs: profile },
  { route: 'POST /v1/auth/organization/leave', needs: 'session', body: {} },
  {
    ...{ route: 'POST /v1/auth/organization/transfer', needs: 'session', isOwned: true },
    body: { userId: ':userId' },
  },
  { route: `GET ${members}`, needs: 'session' },
  { route: `GET ${members}/:userId`, needs: 'session', isOwned: true },
  { route: `PATCH ${members}/:userId`, needs: 'session', isOwned: true, body: { role: 'viewer' } },
  { route: `DELETE ${members}/:userId`, needs: 'session', isOwned: true },
  {
    ...{ route: 'POST /v1/auth/organization/service-accounts', needs: 'session' },
    body: { name: 'intruder', role: 'viewer' },
  },
  { route: `POST ${bulk}`, needs: 'session', body: { rows: [{ email: 'intruder@example.com' }], dryRun: true } },
  { route: `GET ${bulk}/export`, needs: 'session' },
  { route: `GET ${bulk}/:bulkId`, needs: 'session', isOwned: true },
  {
    ...{ route: 'POST /v1/auth/organizations/:organizationId/bulk', needs: tenants },
    body: { rows: [{ email: 'intruder@example.com' }] },
  },
  { route: 'GET /v1/auth/organizations/:organizationId/bulk/:bulkId', needs: tenants },
  { route: `POST ${scimTokens}`, needs: 'session', body: { name: 'intruder' } },
  { route: `GET ${scimTokens}`, needs: 'session' },
  { route: `DELETE ${scimTokens}/:scimTokenId`, needs: 'session', isOwned: true },
  {
    ...{ route: `POST ${webhooks}`, needs: 'session' },
    body: { name: 'intruder', url: 'https://hooks.example.com/', events: ['key.created'] },
  },
  { route: `GET ${webhooks}`, needs: 'session' },
  { route: `DELETE ${webhooks}/:webhookId`, needs: 'session', isOwned: true },
  { route: `POST ${webhooks}/:webhookId/test`, needs: 'session', isOwned: true, body: {} },
  { route: `GET ${webhooks}/:webhookId/deliveries`, needs: 'session', isOwned: true },
  { route: `POST ${webhooks}/:webhookId/deliveries/:deliveryId/replay`, needs: 'session', isOwned: true, body: {} },
  { route: `POST ${invitations}`, needs: 'session', body: { email: 'intruder@example.com', role: 'admin' } },
  { route: `GET ${invitations}`, needs: 'session' },
  { route: `DELETE ${invitations}/:invitationId`, needs: 'session', isOwned: true },
  {
    ...{ route: `POST ${budgets}`, needs: 'session' },
    body: { name: 'intruder', level: 'organization', period: 'month', amountNanoUsd: '1' },
  },
  { route: `GET ${budgets}`, needs: 'session' },
  { route: `GET ${budgets}/:budgetId`, needs: 'session', isOwned: true },
  { route: `PATCH ${budgets}/:budgetId`, needs: 'session', isOwned: true, body: { amountNanoUsd: '1' } },
  { route: `DELETE ${budgets}/:budgetId`, needs: 'session', isOwned: true },
  {
    ...{ route: `POST ${limits}`, needs: 'session' },
    body: { name: 'intruder', level: 'organization', requestsPerMinute: 1 },
  },
  { route: `GET ${limits}`, needs: 'session' },
  { route: `GET ${limits}/:limitId`, needs: 'session', isOwned: true },
  { route: `PATCH ${limits}/:limitId`, needs: 'session', isOwned: true, body: { requestsPerMinute: 1 } },
  { route: `DELETE ${limits}/:limitId`, needs: 'session', isOwned: true },
  { route: `POST ${teams}`, needs: 'session', body: { name: 'intruder' } },
  { route: `GET ${teams}`, needs: 'session' },
  { route: `GET ${teams}/:teamId`, needs: 'session', isOwned: true },
  { route: `PATCH ${teams}/:teamId`, needs: 'session', isOwned: true, body: { name: 'intruder' } },
  { route: `DELETE ${teams}/:teamId`, needs: 'session', isOwned: true },
  { route: `GET ${teams}/:teamId/members`, needs: 'session', isOwned: true },
  { route: `PUT ${teams}/:teamId/members/:userId`, needs: 'session', isOwned: true, body: { role: 'member' } },
  { route: `DELETE ${teams}/:teamId/members/:userId`, needs: 'session', isOwned: true },
  { route: 'GET /v1/auth/organizations', needs: tenants },
  { route: 'GET /v1/auth/organizations/:organizationId', needs: tenants },
  { route: 'PATCH /v1/auth/organizations/:organizationId', needs: tenants, body: { ceilings: null } },
  { route: `GET ${ssoProviders}`, needs: tenants },
  { route: `GET ${ssoProviders}/:name`, needs: tenants },
  { route: `PUT ${ssoProviders}/:name`, needs: tenants, body: ssoProvider },
  { route: `DELETE ${ssoProviders}/:name`, needs: tenants },
  { route: 'GET /v1/auth/blocks', needs: tenants },
  { route: 'PUT /v1/auth/blocks/users/:userId', needs: tenants },
  { route: 'DELETE /v1/auth/blocks/users/:userId', needs: tenants },
  { route: 'GET /v1/billing/balance', needs: 'billing:read' },
  { route: 'GET /v1/billing/balance/:organizationId', needs: 'billing:read', isOwned: true },
  { route: 'GET /v1/billing/transactions', needs: 'billing:read' },
  { route: 'GET /v1/billing/budgets', needs: 'billing:read' },
  { route: 'GET /v1/billing/budgets/:budgetId', needs: 'billing:read', isOwned: true },
  { route: 'GET /v1/billing/requests', needs: 'billing:read' },
  { route: 'GET /v1/billing/advice', needs: 'billing:read' },
  { route: 'GET /v1/billing/limits', needs: 'billing:read' },
  { route: 'GET /v1/billing/explain/:requestId', needs: 'billing:read', isOwned: true },
  { route: 'POST /v1/billing/transaction', needs: 'billing:manage', body: topUp },
  { route: 'GET /v1/billing/reviews', needs: 'billing:manage' },
  { route: 'POST /v1/billing/reviews/:requestId/close', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/billing/dead-letters', needs: 'billing:manage' },
  { route: 'GET /v1/billing/dead-letters/:requestId', needs: 'billing:manage' },
  { route: 'POST /v1/billing/dead-letters/:requestId/replay', needs: 'billing:manage', body: {} },
  { route: 'DELETE /v1/billing/dead-letters/:requestId', needs: 'billing:manage' },
  { route: 'GET /v1/billing/reconciliations', needs: 'billing:manage' },
  { route: 'GET /v1/billing/differences', needs: 'billing:manage' },
  { route: 'POST /v1/billing/differences/:requestId/judge', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/billing/spools', needs: 'billing:manage' },
  { route: 'POST /v1/billing/spools/:requestId/lost', needs: 'billing:manage', body: {} },
  { route: 'POST /v1/billing/top-ups', needs: 'billing:pay', body: pay },
  { route: 'GET /v1/billing/top-ups', needs: 'billing:read' },
  { route: 'GET /v1/billing/top-ups/:requestId', needs: 'billing:read', isOwned: true },
  { route: 'POST /v1/billing/top-ups/:requestId/refunds', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/billing/payment-method', needs: 'billing:read' },
  { route: 'DELETE /v1/billing/payment-method', needs: 'billing:pay' },
  { route: 'GET /v1/billing/payment-reviews', needs: 'billing:manage' },
  { route: 'POST /v1/billing/payment-reviews/:requestId/close', needs: 'billing:manage', body: {} },
  { route: 'POST /v1/billing/bank-transfers', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/billing/bank-transfers', needs: 'billing:manage' },
  { route: 'POST /v1/billing/bank-transfers/:requestId/approve', needs: 'billing:manage', body: {} },
  { route: 'POST /v1/billing/bank-transfers/:requestId/reject', needs: 'billing:manage', body: {} },
  { route: 'POST /v1/billing/promotional-credits', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/billing/promotional-credits', needs: 'billing:read' },
  { route: 'GET /v1/billing/automatic-top-up', needs: 'billing:read' },
  { route: 'PUT /v1/billing/automatic-top-up', needs: 'billing:pay', body: {} },
  { route: 'DELETE /v1/billing/automatic-top-up', needs: 'billing:pay' },
  { route: 'GET /v1/billing/payer', needs: 'billing:read' },
  { route: 'PUT /v1/billing/payer', needs: 'billing:pay', body: {} },
  { route: 'DELETE /v1/billing/payer', needs: 'billing:pay' },
  { route: 'GET /v1/billing/paid-organizations', needs: 'billing:read' },
  { route: 'POST /v1/billing/paid-organizations/:requestId/accept', needs: 'billing:pay', isOwned: true },
  { route: 'DELETE /v1/billing/paid-organizations/:requestId', needs: 'billing:pay', isOwned: true },
  { route: 'PUT /v1/billing/payers/:requestId/organizations/:organizationId', needs: 'billing:manage', body: {} },
  { route: 'DELETE /v1/billing/payers/:requestId/organizations/:organizationId', needs: 'billing:manage' },
  { route: 'GET /v1/billing/payers/:requestId/credit-limit', needs: 'billing:manage' },
  { route: 'PUT /v1/billing/payers/:requestId/credit-limit', needs: 'billing:manage', body: {} },
  { route: 'POST /v1/billing/exchange-rates', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/billing/exchange-rates', needs: 'billing:manage' },
  { route: 'GET /v1/billing/plans', needs: 'billing:read' },
  { route: 'POST /v1/billing/plans', needs: 'billing:manage', body: {} },
  { route: 'DELETE /v1/billing/plans/:requestId', needs: 'billing:manage' },
  { route: 'GET /v1/billing/subscription', needs: 'billing:read' },
  { route: 'PUT /v1/billing/subscription', needs: 'billing:pay', body: {} },
  { route: 'DELETE /v1/billing/subscription', needs: 'billing:pay' },
  { route: 'GET /v1/billing/invoices', needs: 'billing:read' },
  { route: 'GET /v1/billing/invoices/:requestId', needs: 'billing:read', isOwned: true },
  { route: 'POST /v1/billing/invoices/:requestId/credit-notes', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/billing/statements/:period', needs: 'billing:read' },
  { route: 'GET /v1/billing/profile', needs: 'billing:read' },
  { route: 'PUT /v1/billing/profile', needs: 'billing:pay', body: {} },
  { route: 'GET /v1/billing/legal-entity', needs: 'billing:manage' },
  { route: 'PUT /v1/billing/legal-entity', needs: 'billing:manage', body: {} },
  { route: 'GET /v1/analytics/dashboard', needs: 'usage:read' },
  { route: 'GET /v1/analytics/metrics', needs: 'usage:read' },
  { route: 'GET /v1/analytics/quality', needs: 'usage:read' },
  { route: 'GET /v1/users/usage', needs: 'usage:read' },
  { route: 'GET /v1/analytics/alerts', needs: tenants },
  { route: 'POST /v1/analytics/alerts/test', needs: tenants, body: {} },
  { route: 'GET /v1/analytics/silences', needs: tenants },
  {
    ...{ route: 'POST /v1/analytics/silences', needs: tenants },
    body: { rule: 'AggregatorServiceDown', until: '2000-01-01T00:00:00Z' },
  },
  { route: 'DELETE /v1/analytics/silences/:requestId', needs: tenants },
  { route: 'GET /v1/orchestrator/models', needs: 'ai:invoke' },
  { route: 'GET /v1/orchestrator/state', needs: providers },
  { route: 'GET /v1/orchestrator/providers', needs: providers },
  { route: 'POST /v1/orchestrator/providers', needs: providers, body: provider },
  { route: 'GET /v1/orchestrator/providers/mock', needs: providers },
  { route: 'PATCH /v1/orchestrator/providers/mock', needs: providers, body: { enabled: false } },
  { route: 'DELETE /v1/orchestrator/providers/mock', needs: providers },
  { route: 'PUT /v1/orchestrator/providers/mock/models', needs: providers, body: { models: [] } },
  { route: 'GET /v1/orchestrator/routes', needs: providers },
  { route: 'GET /v1/orchestrator/routes/fast', needs: providers },
  {
    ...{ route: 'PUT /v1/orchestrator/routes/fast', needs: providers },
    body: { candidates: [{ provider: 'mock', model: 'mock-small' }] },
  },
  { route: 'DELETE /v1/orchestrator/routes/fast', needs: providers },
  { route: 'GET /v1/orchestrator/prices', needs: prices },
  {
    ...{ route: 'POST /v1/orchestrator/prices', needs: prices },
    body: { provider: 'mock', model: 'mock-small', price: { input: '1', output: '1' } },
  },
  { route: 'DELETE /v1/orchestrator/prices/:requestId', needs: prices },
  { route: 'GET /v1/orchestrator/prices/differences', needs: prices },
  { route: 'GET /v1/orchestrator/price-rules', needs: prices },
  { route: 'POST /v1/orchestrator/price-rules', needs: prices, body: { models: '*', multiplierPpm: 1_000_000 } },
  { route: 'DELETE /v1/orchestrator/price-rules/:requestId', needs: prices },
];

/** `METHOD path` with every parameter, and every name in its place, as `*`. */
const toShape = (route: string) =>
  route.replace(/\/(?::\w+|mock|fast|users(?=\/:userId))(?=\/|$)/g, '/*').replace(/\/(?:\*\/)+\*$/, '/*');

/** Shapes of routes in the matrix. */
export const listMatrixShapes = (): string[] => [...new Set(matrixRoutes.map(({ route }) => toShape(route)))].sort();

/** Shapes of routes behind the gateway that need a credential, as the apps declare them. */
export const listDeclaredShapes = (): string[] =>
  [
    ...new Set(
      listDeclaredRoutes()
        .filter((route) => !publicRoutes.includes(route))
        .map(toShape),
    ),
  ].sort();
