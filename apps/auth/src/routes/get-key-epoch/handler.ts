import { AppError, type keyEpoch } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { readCuts } from '../../cuts/cut-orders.ts';

export function getKeyEpochHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const row = await database.keyEpoch.findUnique({ where: { id: 1 } });
    if (row === null) throw new AppError('internal_error', { internal: 'key_epoch is empty' });
    // An older gateway knows the number alone.
    const cuts = request.query.cuts === 'true' ? { cuts: await readCuts(database) } : {};
    const answer: z.infer<typeof keyEpoch> = { epoch: Number(row.epoch), ...cuts };
    response.json(answer);
  };
}
