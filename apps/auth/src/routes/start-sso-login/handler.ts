import { startSsoQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { setLoginCookie } from '../../sso/login-cookie.ts';
import { startLogin } from '../../sso/start-login.ts';

export function startSsoLoginHandler(context: AuthContext): RequestHandler<{ name: string }> {
  return async (request, response) => {
    const { return_to: returnTo } = checkBody(startSsoQuery, request.query);
    const { name } = request.params;
    const { url, cookie } = await startLogin(context, { name, returnTo, address: clientAddressOf(request) });
    setLoginCookie(response, context.publicUrl, cookie);
    response.set('cache-control', 'no-store').redirect(url);
  };
}
