import { type CreatedScimToken, createScimTokenRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { createScimToken, toScimToken } from '../../scim/scim-tokens.ts';

export function createScimTokenHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const body = checkBody(createScimTokenRequest, request.body);
    const { row, token } = await createScimToken(context, callerOf(request), body);
    const baseUrl = `${context.publicUrl.replace(/\/$/, '')}/scim/v2`;
    const answer: CreatedScimToken = { ...toScimToken(row), token, baseUrl };
    response.status(201).set('cache-control', 'no-store').json(answer);
  };
}
