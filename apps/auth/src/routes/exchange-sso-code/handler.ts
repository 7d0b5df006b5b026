import { ssoTokenRequest, toAppError } from '@aggregator/contracts';
import { checkBody, readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { answerTokens } from '../../sessions/answer-tokens.ts';
import { exchangeCode } from '../../sso/exchange-code.ts';
import { clearLoginCookie, readLoginCookie } from '../../sso/login-cookie.ts';

export function exchangeSsoCodeHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const requestId = readRequestId(request);
    const { code } = checkBody(ssoTokenRequest, request.body);
    try {
      const from = { cookie: readLoginCookie(request), address: clientAddressOf(request) };
      const { owner, refreshToken } = await exchangeCode(context, { code, ...from });
      context.events.loginSucceeded({ requestId, userId: owner.userId, sessionId: owner.sessionId });
      clearLoginCookie(response, context.publicUrl);
      response.set('cache-control', 'no-store').json(await answerTokens(context, owner, refreshToken));
    } catch (error) {
      context.events.loginFailed({ requestId, code: toAppError(error).code });
      throw error;
    }
  };
}
