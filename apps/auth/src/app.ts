import { type Action, jwksPath } from '@aggregator/contracts';
import { createExpressApp, jsonBody, requirePeer, requirePrincipal, scimErrors } from '@aggregator/service-kit';
import type { Express, RequestHandler } from 'express';
import type { AuthContext } from './auth-context.ts';
import { answerDatabaseErrors } from './database/answer-database-errors.ts';
import { allowAction } from './permissions/allow-action.ts';
import { acceptInvitationHandler } from './routes/accept-invitation/handler.ts';
import { blockAccessHandler } from './routes/block-access/handler.ts';
import { cancelDeletionHandler } from './routes/cancel-deletion/handler.ts';
import { changePasswordHandler } from './routes/change-password/handler.ts';
import { confirmOrganizationHandler } from './routes/confirm-organization/handler.ts';
import { createApiKeyHandler } from './routes/create-api-key/handler.ts';
import { createBudgetHandler } from './routes/create-budget/handler.ts';
import { createBulkJobHandler } from './routes/create-bulk-job/handler.ts';
import { createInvitationHandler } from './routes/create-invitation/handler.ts';
import { createLimitHandler } from './routes/create-limit/handler.ts';
import { createScimTokenHandler } from './routes/create-scim-token/handler.ts';
import { createServiceAccountHandler } from './routes/create-service-account/handler.ts';
import { createTeamHandler } from './routes/create-team/handler.ts';
import { createWebhookHandler } from './routes/create-webhook/handler.ts';
import { deleteBudgetHandler } from './routes/delete-budget/handler.ts';
import { deleteLimitHandler } from './routes/delete-limit/handler.ts';
import { deleteSsoProviderHandler } from './routes/delete-sso-provider/handler.ts';
import { deleteTeamHandler } from './routes/delete-team/handler.ts';
import { deleteWebhookHandler } from './routes/delete-webhook/handler.ts';
import { exchangeSsoCodeHandler } from './routes/exchange-sso-code/handler.ts';
import { exportBulkHandler } from './routes/export-bulk/handler.ts';
import { exportOrganizationHandler } from './routes/export-organization/handler.ts';
import { finishSsoLoginHandler } from './routes/finish-sso-login/handler.ts';
import { getApiKeyHandler } from './routes/get-api-key/handler.ts';
import { getBudgetHandler } from './routes/get-budget/handler.ts';
import { getBulkReportHandler } from './routes/get-bulk-report/handler.ts';
import { getJwksHandler } from './routes/get-jwks/handler.ts';
import { getKeyEpochHandler } from './routes/get-key-epoch/handler.ts';
import { getLimitHandler } from './routes/get-limit/handler.ts';
import { getMemberHandler } from './routes/get-member/handler.ts';
import { getOrganizationHandler } from './routes/get-organization/handler.ts';
import { getOrganizationBudgetHandler } from './routes/get-organization-budget/handler.ts';
import { getProfileHandler } from './routes/get-profile/handler.ts';
import { getSessionVerdictHandler } from './routes/get-session-verdict/handler.ts';
import { getSsoProviderHandler } from './routes/get-sso-provider/handler.ts';
import { getTeamHandler } from './routes/get-team/handler.ts';
import { getTenantHandler } from './routes/get-tenant/handler.ts';
import { leaveOrganizationHandler } from './routes/leave-organization/handler.ts';
import { listApiKeysHandler } from './routes/list-api-keys/handler.ts';
import { listAuditHandler } from './routes/list-audit/handler.ts';
import { listBlocksHandler } from './routes/list-blocks/handler.ts';
import { listBudgetsHandler } from './routes/list-budgets/handler.ts';
import { listIdleKeysHandler } from './routes/list-idle-keys/handler.ts';
import { listInvitationsHandler } from './routes/list-invitations/handler.ts';
import { listLimitsHandler } from './routes/list-limits/handler.ts';
import { listMembersHandler } from './routes/list-members/handler.ts';
import { listMembershipsHandler } from './routes/list-memberships/handler.ts';
import { listNamesHandler } from './routes/list-names/handler.ts';
import { listOrganizationBudgetsHandler } from './routes/list-organization-budgets/handler.ts';
import { listOrganizationLimitsHandler } from './routes/list-organization-limits/handler.ts';
import { listScimTokensHandler } from './routes/list-scim-tokens/handler.ts';
import { listSecurityEventsHandler } from './routes/list-security-events/handler.ts';
import { listSessionsHandler } from './routes/list-sessions/handler.ts';
import { listSignInMethodsHandler } from './routes/list-sign-in-methods/handler.ts';
import { listSsoProvidersHandler } from './routes/list-sso-providers/handler.ts';
import { listTeamMembersHandler } from './routes/list-team-members/handler.ts';
import { listTeamsHandler } from './routes/list-teams/handler.ts';
import { listTenantsHandler } from './routes/list-tenants/handler.ts';
import { listWebhookDeliveriesHandler } from './routes/list-webhook-deliveries/handler.ts';
import { listWebhooksHandler } from './routes/list-webhooks/handler.ts';
import { logInHandler } from './routes/log-in/handler.ts';
import { logOutHandler } from './routes/log-out/handler.ts';
import { putSsoProviderHandler } from './routes/put-sso-provider/handler.ts';
import { putTeamMemberHandler } from './routes/put-team-member/handler.ts';
import { recordNoticeHandler } from './routes/record-notice/handler.ts';
import { recordSightingsHandler } from './routes/record-sightings/handler.ts';
import { recordSpendingHandler } from './routes/record-spending/handler.ts';
import { refreshSessionHandler } from './routes/refresh-session/handler.ts';
import { registerAccountHandler } from './routes/register-account/handler.ts';
import { removeMemberHandler } from './routes/remove-member/handler.ts';
import { removeTeamMemberHandler } from './routes/remove-team-member/handler.ts';
import { replayWebhookDeliveryHandler } from './routes/replay-webhook-delivery/handler.ts';
import { reportLeakedKeysHandler } from './routes/report-leaked-keys/handler.ts';
import { requestDeletionHandler } from './routes/request-deletion/handler.ts';
import { requestEmailChangeHandler } from './routes/request-email-change/handler.ts';
import { requestEmailVerificationHandler } from './routes/request-email-verification/handler.ts';
import { requestPasswordResetHandler } from './routes/request-password-reset/handler.ts';
import { resetPasswordHandler } from './routes/reset-password/handler.ts';
import { revokeApiKeyHandler } from './routes/revoke-api-key/handler.ts';
import { revokeInvitationHandler } from './routes/revoke-invitation/handler.ts';
import { revokeScimTokenHandler } from './routes/revoke-scim-token/handler.ts';
import { revokeSessionHandler } from './routes/revoke-session/handler.ts';
import { rotateApiKeyHandler } from './routes/rotate-api-key/handler.ts';
import { showInvitationHandler } from './routes/show-invitation/handler.ts';
import { startSsoLoginHandler } from './routes/start-sso-login/handler.ts';
import { testWebhookHandler } from './routes/test-webhook/handler.ts';
import { transferOwnershipHandler } from './routes/transfer-ownership/handler.ts';
import { unblockAccessHandler } from './routes/unblock-access/handler.ts';
import { updateBudgetHandler } from './routes/update-budget/handler.ts';
import { updateLimitHandler } from './routes/update-limit/handler.ts';
import { updateMemberHandler } from './routes/update-member/handler.ts';
import { updateOrganizationHandler } from './routes/update-organization/handler.ts';
import { updateProfileHandler } from './routes/update-profile/handler.ts';
import { updateTeamHandler } from './routes/update-team/handler.ts';
import { updateTenantHandler } from './routes/update-tenant/handler.ts';
import { verifyEmailHandler } from './routes/verify-email/handler.ts';
import { verifyKeyHandler } from './routes/verify-key/handler.ts';
import { createScimRouter } from './scim/scim-router.ts';
import { createTenantReads, type ReadContext } from './tenants/tenant-reads.ts';
import { takeTurn } from './turns/take-turn.ts';

const deletionPath = '/v1/auth/organization/deletion';
const invitationsPath = '/v1/auth/organization/invitations';
const budgetsPath = '/v1/auth/organization/budgets';
const limitsPath = '/v1/auth/organization/limits';
const webhooksPath = '/v1/auth/organization/webhooks';
const teamsPath = '/v1/auth/organization/teams';
const ssoProvidersPath = '/v1/auth/sso-providers';
const bulkPath = '/v1/auth/organization/bulk';
const tenantBulkPath = '/v1/auth/organizations/:id/bulk';
const scimTokensPath = '/v1/auth/organization/scim-tokens';
const membersPath = '/v1/auth/organization/members';

/** What a route asks of its caller, before its handler. */
interface Guards {
  /** The gateway, on behalf of no principal. */
  readonly gateway: RequestHandler;
  readonly principal: RequestHandler;
  allow(action: Action): RequestHandler[];
  /** Reads as the organisation of the caller. */
  reads(make: (context: ReadContext) => RequestHandler): RequestHandler;
  /** Waits for a place among the changes. */
  readonly turn: RequestHandler;
}

export function createAuthApp(context: AuthContext): Express {
  return createExpressApp(context, (app) => {
    const guards: Guards = {
      gateway: requirePeer(context.verifier, ['api-gateway']),
      allow: (action) => allowAction(context, action),
      principal: requirePrincipal(context.verifier),
      reads: createTenantReads(context),
      turn: takeTurn(context.changes),
    };
    routeSignIn(app, context, guards);
    routeAccount(app, context, guards);
    routeOrganization(app, context, guards);
    routeMembers(app, context, guards);
    routeTeams(app, context, guards);
    routeInstallation(app, context, guards);
    routeInternal(app, context, guards);
    app.use(answerDatabaseErrors);
    app.use('/scim/v2', scimErrors);
  });
}

/** Doors without a session: registration, logins, links of mails. */
function routeSignIn(app: Express, context: AuthContext, { gateway, principal, turn }: Guards): void {
  app.get(jwksPath, getJwksHandler(context));

  app.post('/v1/auth/register', gateway, jsonBody, registerAccountHandler(context));
  app.post('/v1/auth/login', gateway, jsonBody, logInHandler(context));
  app.post('/v1/auth/refresh', gateway, jsonBody, refreshSessionHandler(context));
  app.post('/v1/auth/invitations/show', gateway, jsonBody, showInvitationHandler(context));
  app.post('/v1/auth/invitations/accept', gateway, jsonBody, acceptInvitationHandler(context));
  app.post('/v1/auth/email/request', gateway, jsonBody, requestEmailVerificationHandler(context));
  app.post('/v1/auth/email/verify', gateway, jsonBody, verifyEmailHandler(context));
  app.post('/v1/auth/password/request', gateway, jsonBody, requestPasswordResetHandler(context));
  app.post('/v1/auth/password/reset', gateway, jsonBody, resetPasswordHandler(context));
  app.post('/v1/auth/leaked-keys', gateway, reportLeakedKeysHandler(context));
  app.get('/v1/auth/methods', gateway, listSignInMethodsHandler(context));
  app.get('/v1/auth/sso/:name/start', gateway, startSsoLoginHandler(context));
  app.get('/v1/auth/sso/:name/callback', gateway, finishSsoLoginHandler(context));
  app.post('/v1/auth/sso/token', gateway, jsonBody, exchangeSsoCodeHandler(context));
  app.post('/v1/auth/logout', principal, jsonBodyIfAny, turn, logOutHandler(context));
}

/** The caller itself, and its keys. */
function routeAccount(app: Express, context: AuthContext, { turn, allow, reads }: Guards): void {
  app.get('/v1/users/profile', allow('account.manage'), getProfileHandler(context));
  app.put('/v1/users/profile', allow('account.manage'), jsonBody, turn, updateProfileHandler(context));
  app.post('/v1/users/password', allow('account.manage'), jsonBody, changePasswordHandler(context));
  app.post('/v1/users/email', allow('account.manage'), jsonBody, requestEmailChangeHandler(context));
  app.get('/v1/users/sessions', allow('account.manage'), listSessionsHandler(context));
  app.delete('/v1/users/sessions/:id', allow('account.manage'), turn, revokeSessionHandler(context));

  app.post('/v1/auth/api-keys', allow('keys.manage'), jsonBody, turn, createApiKeyHandler(context));
  app.get('/v1/auth/api-keys', allow('keys.manage'), reads(listApiKeysHandler));
  app.get('/v1/auth/api-keys/:id', allow('keys.manage'), reads(getApiKeyHandler));
  app.delete('/v1/auth/api-keys/:id', allow('keys.manage'), turn, revokeApiKeyHandler(context));
  app.post('/v1/auth/api-keys/:id/rotate', allow('keys.manage'), jsonBodyIfAny, turn, rotateApiKeyHandler(context));
}

/** The organisation of the caller. */
function routeOrganization(app: Express, context: AuthContext, { turn, allow, reads }: Guards): void {
  app.get('/v1/auth/organization', allow('organization.read'), reads(getOrganizationHandler));
  app.patch('/v1/auth/organization', allow('organization.update'), jsonBody, turn, updateOrganizationHandler(context));

  app.post(deletionPath, allow('organization.delete'), jsonBody, turn, requestDeletionHandler(context));
  app.delete(deletionPath, allow('organization.delete'), turn, cancelDeletionHandler(context));
  app.get('/v1/auth/organization/export', allow('organization.delete'), exportOrganizationHandler(context));
  app.get('/v1/auth/security-events', allow('audit.read'), reads(listSecurityEventsHandler));
  app.get('/v1/auth/audit', allow('audit.read'), reads(listAuditHandler));
}

/** People, and what makes accounts of them. */
function routeMembers(app: Express, context: AuthContext, { turn, allow, reads }: Guards): void {
  app.get('/v1/auth/memberships', allow('account.manage'), listMembershipsHandler(context));
  app.post(
    '/v1/auth/organization/leave',
    allow('account.manage'),
    jsonBodyIfAny,
    turn,
    leaveOrganizationHandler(context),
  );
  app.post('/v1/auth/organization/transfer', allow('owners.manage'), jsonBody, turn, transferOwnershipHandler(context));
  app.get(membersPath, allow('members.read'), reads(listMembersHandler));
  app.get(`${membersPath}/:userId`, allow('members.read'), reads(getMemberHandler));
  app.patch(`${membersPath}/:userId`, allow('members.manage'), jsonBody, turn, updateMemberHandler(context));
  app.delete(`${membersPath}/:userId`, allow('members.manage'), turn, removeMemberHandler(context));

  app.post(
    '/v1/auth/organization/service-accounts',
    allow('members.manage'),
    jsonBody,
    turn,
    createServiceAccountHandler(context),
  );

  app.post(bulkPath, allow('members.manage'), jsonBody, turn, createBulkJobHandler(context));
  app.get(`${bulkPath}/export`, allow('members.manage'), reads(exportBulkHandler));
  app.get(`${bulkPath}/:id`, allow('members.manage'), getBulkReportHandler(context));
  app.post(tenantBulkPath, allow('tenants.manage'), jsonBody, turn, createBulkJobHandler(context));
  app.get(`${tenantBulkPath}/:jobId`, allow('tenants.manage'), getBulkReportHandler(context));

  app.post(scimTokensPath, allow('members.manage'), jsonBody, turn, createScimTokenHandler(context));
  app.get(scimTokensPath, allow('members.manage'), reads(listScimTokensHandler));
  app.delete(`${scimTokensPath}/:id`, allow('members.manage'), turn, revokeScimTokenHandler(context));
  app.use('/scim/v2', createScimRouter(context));

  app.post(invitationsPath, allow('members.manage'), jsonBody, turn, createInvitationHandler(context));
  app.get(invitationsPath, allow('members.manage'), reads(listInvitationsHandler));
  app.delete(`${invitationsPath}/:id`, allow('members.manage'), turn, revokeInvitationHandler(context));
}

/** Budgets, webhooks and teams. */
function routeTeams(app: Express, context: AuthContext, { turn, allow, reads }: Guards): void {
  app.post(budgetsPath, allow('budgets.manage'), jsonBody, turn, createBudgetHandler(context));
  app.get(budgetsPath, allow('budgets.manage'), reads(listBudgetsHandler));
  app.get(`${budgetsPath}/:budgetId`, allow('budgets.manage'), reads(getBudgetHandler));
  app.patch(`${budgetsPath}/:budgetId`, allow('budgets.manage'), jsonBody, turn, updateBudgetHandler(context));
  app.delete(`${budgetsPath}/:budgetId`, allow('budgets.manage'), turn, deleteBudgetHandler(context));

  app.post(limitsPath, allow('limits.manage'), jsonBody, turn, createLimitHandler(context));
  app.get(limitsPath, allow('limits.manage'), reads(listLimitsHandler));
  app.get(`${limitsPath}/:limitId`, allow('limits.manage'), reads(getLimitHandler));
  app.patch(`${limitsPath}/:limitId`, allow('limits.manage'), jsonBody, turn, updateLimitHandler(context));
  app.delete(`${limitsPath}/:limitId`, allow('limits.manage'), turn, deleteLimitHandler(context));

  app.post(webhooksPath, allow('webhooks.manage'), jsonBody, turn, createWebhookHandler(context));
  app.get(webhooksPath, allow('webhooks.manage'), reads(listWebhooksHandler));
  app.delete(`${webhooksPath}/:webhookId`, allow('webhooks.manage'), turn, deleteWebhookHandler(context));
  app.post(
    `${webhooksPath}/:webhookId/test`,
    allow('webhooks.manage'),
    jsonBodyIfAny,
    turn,
    testWebhookHandler(context),
  );
  app.get(`${webhooksPath}/:webhookId/deliveries`, allow('webhooks.manage'), reads(listWebhookDeliveriesHandler));
  app.post(
    `${webhooksPath}/:webhookId/deliveries/:deliveryId/replay`,
    allow('webhooks.manage'),
    jsonBodyIfAny,
    turn,
    replayWebhookDeliveryHandler(context),
  );

  app.post(teamsPath, allow('teams.manage'), jsonBody, turn, createTeamHandler(context));
  app.get(teamsPath, allow('teams.read'), reads(listTeamsHandler));
  app.get(`${teamsPath}/:teamId`, allow('teams.read'), reads(getTeamHandler));
  app.patch(`${teamsPath}/:teamId`, allow('teams.manage'), jsonBody, turn, updateTeamHandler(context));
  app.delete(`${teamsPath}/:teamId`, allow('teams.manage'), turn, deleteTeamHandler(context));
  app.get(`${teamsPath}/:teamId/members`, allow('teams.read'), reads(listTeamMembersHandler));
  app.put(`${teamsPath}/:teamId/members/:userId`, allow('teams.staff'), jsonBody, turn, putTeamMemberHandler(context));
  app.delete(`${teamsPath}/:teamId/members/:userId`, allow('teams.staff'), turn, removeTeamMemberHandler(context));
}

/** All organisations: for operators. */
function routeInstallation(app: Express, context: AuthContext, { turn, allow }: Guards): void {
  app.get('/v1/auth/organizations', allow('tenants.manage'), listTenantsHandler(context));
  app.get('/v1/auth/organizations/:id', allow('tenants.manage'), getTenantHandler(context));
  app.patch('/v1/auth/organizations/:id', allow('tenants.manage'), jsonBody, turn, updateTenantHandler(context));

  app.get(ssoProvidersPath, allow('tenants.manage'), listSsoProvidersHandler(context));
  app.get(`${ssoProvidersPath}/:name`, allow('tenants.manage'), getSsoProviderHandler(context));
  app.put(`${ssoProvidersPath}/:name`, allow('tenants.manage'), jsonBody, turn, putSsoProviderHandler(context));
  app.delete(`${ssoProvidersPath}/:name`, allow('tenants.manage'), turn, deleteSsoProviderHandler(context));

  app.get('/v1/auth/blocks', allow('tenants.manage'), listBlocksHandler(context));
  app.put('/v1/auth/blocks/:kind/:id', allow('tenants.manage'), turn, blockAccessHandler(context));
  app.delete('/v1/auth/blocks/:kind/:id', allow('tenants.manage'), turn, unblockAccessHandler(context));
}

/** Other services. */
function routeInternal(app: Express, context: AuthContext, { gateway }: Guards): void {
  app.post('/internal/keys/verify', gateway, jsonBody, verifyKeyHandler(context));
  app.post('/internal/keys/sightings', gateway, jsonBody, recordSightingsHandler(context));
  app.get('/internal/keys/epoch', gateway, getKeyEpochHandler(context));
  const billing = requirePeer(context.verifier, ['billing']);
  app.get('/internal/organizations/:id', billing, confirmOrganizationHandler(context));
  app.get('/internal/organizations/:id/budgets', billing, listOrganizationBudgetsHandler(context));
  app.get('/internal/organizations/:id/budgets/:budgetId', billing, getOrganizationBudgetHandler(context));
  app.get('/internal/organizations/:id/limits', billing, listOrganizationLimitsHandler(context));
  const readers = requirePeer(context.verifier, ['billing', 'analytics']);
  app.post('/internal/organizations/:id/names', readers, jsonBody, listNamesHandler(context));
  app.get('/internal/organizations/:id/idle-keys', billing, listIdleKeysHandler(context));
  app.post('/internal/budgets/spending', billing, jsonBody, recordSpendingHandler(context));
  app.post('/internal/notices', billing, jsonBody, recordNoticeHandler(context));
  app.get('/internal/sessions/:id', gateway, getSessionVerdictHandler(context));
}

/** A request without a body counts as one with an empty object. */
const jsonBodyIfAny: RequestHandler = (request, response, next) => {
  const length = request.headers['content-length'];
  const hasBody = request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (hasBody) return jsonBody(request, response, next);
  request.body = {};
  next();
};
