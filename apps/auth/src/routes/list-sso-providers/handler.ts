import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { ssoProvidersMax } from '../../sso/save-provider.ts';
import { toSsoProvider } from '../../sso/stored-provider.ts';

export function listSsoProvidersHandler({ database, publicUrl }: AuthContext): RequestHandler {
  return async (_request, response) => {
    const rows = await database.ssoProvider.findMany({ orderBy: { name: 'asc' }, take: ssoProvidersMax });
    response.json({ data: rows.map((row) => toSsoProvider(row, publicUrl)) });
  };
}
