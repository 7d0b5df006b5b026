import { registerRequest } from '@aggregator/contracts';
import { checkBody, readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { registerAccount } from '../../accounts/register-account.ts';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';

export function registerAccountHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const requestId = readRequestId(request);
    const body = checkBody(registerRequest, request.body);
    const address = clientAddressOf(request);
    context.loginGuard.admitAddress(address);
    const answer = await registerAccount(context, body, requestId, address);
    context.events.accountRegistered({ requestId, userId: answer.user.id, organizationId: answer.organization.id });
    response.status(201).json(answer);
  };
}
