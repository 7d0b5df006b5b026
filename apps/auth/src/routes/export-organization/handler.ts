import { once } from 'node:events';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { exportLines } from '../../deletion/export-lines.ts';

/** `GET /v1/auth/organization/export`: JSON Lines. A slow client holds back the reading; a client that left ends it. */
export function exportOrganizationHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    response.set('content-type', 'application/x-ndjson').set('cache-control', 'no-store');
    for await (const line of exportLines(context, principalOf(request).orgId)) {
      if (response.destroyed) return;
      const hasRoom = response.write(`${JSON.stringify(line)}\n`);
      if (!hasRoom) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  };
}
