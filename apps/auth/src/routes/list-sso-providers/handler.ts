import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { ssoProvidersMax } from '../../sso/save-provider.ts';
import { showProviders } from '../../sso/show-providers.ts';

export function listSsoProvidersHandler({ database, publicUrl }: AuthContext): RequestHandler {
  return async (_request, response) => {
    const rows = await database.ssoProvider.findMany({ orderBy: { name: 'asc' }, take: ssoProvidersMax });
    response.json({ data: await showProviders(database, publicUrl, rows) });
  };
}
