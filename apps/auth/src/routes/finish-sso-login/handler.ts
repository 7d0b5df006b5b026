import { toAppError } from '@aggregator/contracts';
import { readRequestId } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { announceAdmission } from '../../sso/announce-admission.ts';
import { finishLogin } from '../../sso/finish-login.ts';
import { readLoginCookie } from '../../sso/login-cookie.ts';
import { readProvider } from '../../sso/start-login.ts';

/** Without a login of this browser there is no page to return to: the error is the answer. Every later one goes to the page. */
export function finishSsoLoginHandler(context: AuthContext): RequestHandler<{ name: string }> {
  return async (request, response) => {
    context.loginGuard.admitAddress(clientAddressOf(request));
    const requestId = readRequestId(request);
    const provider = await readProvider(context, request.params.name);
    const cookie = readLoginCookie(request);
    const login = context.ssoLogins.open(cookie, context.now());
    const queryAt = request.originalUrl.indexOf('?');
    const query = queryAt === -1 ? '' : request.originalUrl.slice(queryAt);
    const end = await finishLogin(context, provider, login, { query, cookie: cookie ?? '', requestId }).then(
      async ({ code, admission }) => {
        await announceAdmission(context.events, admission, requestId);
        context.events.ssoLoginEnded({
          requestId,
          provider: provider.name,
          code: 'succeeded',
          userId: admission.userId,
        });
        return `sso_code=${code}`;
      },
      (error: unknown) => {
        const { code, internal } = toAppError(error);
        const reason = internal === undefined ? {} : { reason: internal };
        context.events.ssoLoginEnded({ requestId, provider: provider.name, code, ...reason });
        return `sso_error=${code}`;
      },
    );
    const target = `${context.publicUrl.replace(/\/$/, '')}${login.returnTo}#${end}`;
    response.set('cache-control', 'no-store').redirect(target);
  };
}
