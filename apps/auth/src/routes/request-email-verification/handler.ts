import { mailLinkRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { requestLink } from '../../email/request-link.ts';

/** `POST /v1/auth/email/request`: 202, whether or not the address has an account. */
export function requestEmailVerificationHandler(context: AuthContext): RequestHandler {
  return (request, response) => {
    const body = checkBody(mailLinkRequest, request.body);
    requestLink(context, body, 'verification', clientAddressOf(request));
    response.status(202).end();
  };
}
