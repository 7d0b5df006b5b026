import { type SignInMethods, signInMethodsQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { toDomain } from '../../sso/stored-provider.ts';

export function listSignInMethodsHandler({ database, signUp, sendsMails }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { email } = checkBody(signInMethodsQuery, request.query);
    const rows = await database.ssoProvider.findMany({
      where: email === undefined ? { isListed: true } : { domains: { has: toDomain(email) } },
      orderBy: { label: 'asc' },
    });
    const methods: SignInMethods = {
      signUp: signUp.mode,
      isPasswordAllowed: email === undefined || !rows.some(({ isEnforced }) => isEnforced),
      sendsMails,
      providers: rows.map(({ name, label }) => ({ name, label, startUrl: `/v1/auth/sso/${name}/start` })),
    };
    response.set('cache-control', 'no-store').json(methods);
  };
}
