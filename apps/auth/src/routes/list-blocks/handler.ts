import type { RequestHandler } from 'express';
import { listBlocks } from '../../blocks/list-blocks.ts';
import type { AuthContext } from '../../context.ts';

export function listBlocksHandler({ database }: AuthContext): RequestHandler {
  return async (_request, response) => {
    response.json(await listBlocks(database));
  };
}
