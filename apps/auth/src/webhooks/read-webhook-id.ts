import { AppError } from '@aggregator/contracts';
import type { Request } from 'express';
import { z } from 'zod';

/** Returns an id of the path. Throws `not_found` if it is none. */
export function readWebhookId(request: Request, name: 'webhookId' | 'deliveryId' = 'webhookId'): string {
  const id = z.uuid().safeParse(request.params[name]);
  if (!id.success) throw new AppError('not_found');
  return id.data.toLowerCase();
}
