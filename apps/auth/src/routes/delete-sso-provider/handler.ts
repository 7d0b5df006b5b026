import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { deleteProvider } from '../../sso/save-provider.ts';

export function deleteSsoProviderHandler(context: AuthContext): RequestHandler<{ name: string }> {
  return async (request, response) => {
    await deleteProvider(context, callerOf(request), request.params.name);
    response.status(204).end();
  };
}
