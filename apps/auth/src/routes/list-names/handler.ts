import { type NamesAnswer, namesRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { readPathId } from '../../database/read-path-id.ts';
import { readNames } from '../../names/read-names.ts';

/** POST /internal/organizations/{id}/names: for statements and statistics, which hold ids alone. */
export function listNamesHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { ids } = checkBody(namesRequest, request.body);
    const answer: NamesAnswer = { names: await readNames(database, readPathId(request, 'id'), ids) };
    response.json(answer);
  };
}
