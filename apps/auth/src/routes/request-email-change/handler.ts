import { changeEmailRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { requestEmailChange } from '../../email/change-email.ts';
import { requireSession } from '../../sessions/require-session.ts';

/** POST /v1/users/email: 202. Only a person who logged in can do it. */
export function requestEmailChangeHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    requireSession(caller);
    const body = checkBody(changeEmailRequest, request.body);
    await requestEmailChange(context, caller, body, clientAddressOf(request));
    response.status(202).end();
  };
}
