import { jwksPath, type Scope } from '@aggregator/contracts';
import { createExpressApp, jsonBody, requirePeer, requirePrincipal } from '@aggregator/service-kit';
import type { Express, RequestHandler } from 'express';
import type { AuthContext } from './context.ts';
import { answerDatabaseErrors } from './database/answer-database-errors.ts';
import { blockAccessHandler } from './routes/block-access/handler.ts';
import { changePasswordHandler } from './routes/change-password/handler.ts';
import { confirmOrganizationHandler } from './routes/confirm-organization/handler.ts';
import { createApiKeyHandler } from './routes/create-api-key/handler.ts';
import { getJwksHandler } from './routes/get-jwks/handler.ts';
import { getKeyEpochHandler } from './routes/get-key-epoch/handler.ts';
import { getOrganizationHandler } from './routes/get-organization/handler.ts';
import { getProfileHandler } from './routes/get-profile/handler.ts';
import { getSessionVerdictHandler } from './routes/get-session-verdict/handler.ts';
import { getTenantHandler } from './routes/get-tenant/handler.ts';
import { listApiKeysHandler } from './routes/list-api-keys/handler.ts';
import { listBlocksHandler } from './routes/list-blocks/handler.ts';
import { listSessionsHandler } from './routes/list-sessions/handler.ts';
import { logInHandler } from './routes/log-in/handler.ts';
import { logOutHandler } from './routes/log-out/handler.ts';
import { refreshSessionHandler } from './routes/refresh-session/handler.ts';
import { registerAccountHandler } from './routes/register-account/handler.ts';
import { revokeApiKeyHandler } from './routes/revoke-api-key/handler.ts';
import { revokeSessionHandler } from './routes/revoke-session/handler.ts';
import { rotateApiKeyHandler } from './routes/rotate-api-key/handler.ts';
import { unblockAccessHandler } from './routes/unblock-access/handler.ts';
import { updateOrganizationHandler } from './routes/update-organization/handler.ts';
import { updateProfileHandler } from './routes/update-profile/handler.ts';
import { updateTenantHandler } from './routes/update-tenant/handler.ts';
import { verifyKeyHandler } from './routes/verify-key/handler.ts';
import { takeTurn } from './turns/take-turn.ts';

export function createAuthApp(context: AuthContext): Express {
  return createExpressApp(context, (app) => {
    const gateway = requirePeer(context.verifier, ['api-gateway']);
    const principal = (scope?: Scope) => requirePrincipal(context.verifier, scope);
    const turn = takeTurn(context.changes);

    app.get(jwksPath, getJwksHandler(context));

    app.post('/v1/auth/register', gateway, jsonBody, registerAccountHandler(context));
    app.post('/v1/auth/login', gateway, jsonBody, logInHandler(context));
    app.post('/v1/auth/refresh', gateway, jsonBody, refreshSessionHandler(context));
    app.post('/v1/auth/logout', principal(), jsonBodyIfAny, turn, logOutHandler(context));

    app.get('/v1/users/profile', principal('profile:manage'), getProfileHandler(context));
    app.put('/v1/users/profile', principal('profile:manage'), jsonBody, turn, updateProfileHandler(context));
    app.post('/v1/users/password', principal('profile:manage'), jsonBody, changePasswordHandler(context));
    app.get('/v1/users/sessions', principal('profile:manage'), listSessionsHandler(context));
    app.delete('/v1/users/sessions/:id', principal('profile:manage'), turn, revokeSessionHandler(context));

    app.post('/v1/auth/api-keys', principal('keys:manage'), jsonBody, turn, createApiKeyHandler(context));
    app.get('/v1/auth/api-keys', principal('keys:manage'), listApiKeysHandler(context));
    app.delete('/v1/auth/api-keys/:id', principal('keys:manage'), turn, revokeApiKeyHandler(context));
    app.post(
      '/v1/auth/api-keys/:id/rotate',
      principal('keys:manage'),
      jsonBodyIfAny,
      turn,
      rotateApiKeyHandler(context),
    );

    app.get('/v1/auth/organization', principal('keys:manage'), getOrganizationHandler(context));
    app.patch('/v1/auth/organization', principal('keys:manage'), jsonBody, turn, updateOrganizationHandler(context));

    app.get('/v1/auth/organizations/:id', principal('tenants:manage'), getTenantHandler(context));
    app.patch('/v1/auth/organizations/:id', principal('tenants:manage'), jsonBody, turn, updateTenantHandler(context));

    app.get('/v1/auth/blocks', principal('tenants:manage'), listBlocksHandler(context));
    app.put('/v1/auth/blocks/:kind/:id', principal('tenants:manage'), turn, blockAccessHandler(context));
    app.delete('/v1/auth/blocks/:kind/:id', principal('tenants:manage'), turn, unblockAccessHandler(context));

    app.post('/internal/keys/verify', gateway, jsonBody, verifyKeyHandler(context));
    app.get('/internal/keys/epoch', gateway, getKeyEpochHandler(context));
    const billing = requirePeer(context.verifier, ['billing']);
    app.get('/internal/organizations/:id', billing, confirmOrganizationHandler(context));
    app.get('/internal/sessions/:id', gateway, getSessionVerdictHandler(context));

    app.use(answerDatabaseErrors);
  });
}

/** A request without a body counts as one with an empty object. */
const jsonBodyIfAny: RequestHandler = (request, response, next) => {
  const length = request.headers['content-length'];
  const hasBody = request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (hasBody) return jsonBody(request, response, next);
  request.body = {};
  next();
};
