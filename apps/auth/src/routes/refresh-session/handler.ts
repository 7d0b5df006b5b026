import { refreshRequest } from '@aggregator/contracts';
import { checkBody, readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { answerTokens } from '../../sessions/answer-tokens.ts';
import { moveSession, rotateRefreshToken } from '../../sessions/rotate-refresh-token.ts';

export function refreshSessionHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const requestId = readRequestId(request);
    const body = checkBody(refreshRequest, request.body);
    context.loginGuard.admitRefresh(clientAddressOf(request));
    const { database } = context;
    if (body.organizationId !== undefined) await moveSession(database, body.refreshToken, body.organizationId);
    const { owner, refreshToken, isRepeat } = await rotateRefreshToken(context, body.refreshToken, requestId);
    context.events.sessionRefreshed({ requestId, sessionId: owner.sessionId, isRepeat });
    response.set('cache-control', 'no-store').json(await answerTokens(context, owner, refreshToken));
  };
}
