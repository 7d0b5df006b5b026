import { type apiKeyList, listApiKeysQuery } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { AuthContext } from '../../auth-context.ts';
import { toApiKey } from '../../keys/stored-key.ts';
import { readCeilings } from '../../limits/read-ceilings.ts';
import { standingOf } from '../../permissions/allow-action.ts';
import { keysInReach } from '../../permissions/in-reach.ts';

const pageSize = 50;

/** Newest first; ids are time-ordered, so the last one on a page is where the next page begins. */
export function listApiKeysHandler({ database, limits }: AuthContext): RequestHandler {
  return async (request, response) => {
    const standing = standingOf(request);
    const { cursor, limit = pageSize } = checkBody(listApiKeysQuery, { ...request.query });
    const ceilings = await readCeilings(database, standing.organizationId, limits);
    const rows = await database.apiKey.findMany({
      where: { ...keysInReach(standing), ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const page = rows.slice(0, limit);
    const answer: z.infer<typeof apiKeyList> = {
      data: page.map((row) => toApiKey(row, limits, ceilings)),
      nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
    response.json(answer);
  };
}
