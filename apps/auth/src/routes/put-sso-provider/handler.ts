import { putSsoProviderRequest, ssoProviderName } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerOf } from '../../audit/caller.ts';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { saveProvider } from '../../sso/save-provider.ts';
import { showProviders } from '../../sso/show-providers.ts';

const path = z.object({ name: ssoProviderName });

export function putSsoProviderHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { name } = checkBody(path, request.params);
    const body = checkBody(putSsoProviderRequest, request.body);
    const row = await saveProvider(context, callerOf(request), name, body);
    response.json(await showOne(showProviders(context.database, context.publicUrl, [row])));
  };
}
