import { loginRequest, toAppError } from '@aggregator/contracts';
import { checkBody, readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { answerTokens } from '../../sessions/answer-tokens.ts';
import { logIn } from '../../sessions/log-in.ts';

export function logInHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const requestId = readRequestId(request);
    const credentials = checkBody(loginRequest, request.body);
    try {
      const { owner, refreshToken } = await logIn(context, credentials, clientAddressOf(request));
      context.events.loginSucceeded({ requestId, userId: owner.userId, sessionId: owner.sessionId });
      response.set('cache-control', 'no-store').json(await answerTokens(context, owner, refreshToken));
    } catch (error) {
      context.events.loginFailed({ requestId, code: toAppError(error).code });
      throw error;
    }
  };
}
