import { AppError, type keyEpoch } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../context.ts';

export function getKeyEpochHandler({ database }: AuthContext): RequestHandler {
  return async (_request, response) => {
    const row = await database.keyEpoch.findUnique({ where: { id: 1 } });
    if (row === null) throw new AppError('internal_error', { internal: 'key_epoch is empty' });
    const answer: z.infer<typeof keyEpoch> = { epoch: Number(row.epoch) };
    response.json(answer);
  };
}
