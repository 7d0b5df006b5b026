import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { listBlocks } from '../../blocks/list-blocks.ts';

export function listBlocksHandler({ database }: AuthContext): RequestHandler {
  return async (_request, response) => {
    response.json(await listBlocks(database));
  };
}
