import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { showOne } from '../../audit/show-one.ts';
import type { AuthContext } from '../../auth-context.ts';
import { showProviders } from '../../sso/show-providers.ts';

export function getSsoProviderHandler({ database, publicUrl }: AuthContext): RequestHandler<{ name: string }> {
  return async (request, response) => {
    const row = await database.ssoProvider.findUnique({ where: { name: request.params.name } });
    if (row === null) throw new AppError('not_found');
    response.json(await showOne(showProviders(database, publicUrl, [row])));
  };
}
