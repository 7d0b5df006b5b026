import { once } from 'node:events';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BoundedQueue } from './bounded-queue.ts';

/**
 * Lets a change begin when it is its caller's turn. Changes of one organisation lock each other out; without turns they would
 * wait with all connections to the database, and logins of others would wait for those. All keys of an organisation have one
 * turn together, and each user has one: a stolen key cannot keep its owner from revoking it. Rejects with
 * `service_unavailable` if too many wait.
 */
export function takeTurn(changes: BoundedQueue): RequestHandler {
  return async (request, response, next) => {
    const { keyId, userId, orgId } = principalOf(request);
    await changes(keyId === null ? userId : orgId, async () => {
      // The client left while it waited.
      if (response.destroyed) return;
      const closed = once(response, 'close');
      next();
      await closed;
    });
  };
}
