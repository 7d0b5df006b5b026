import { ownerName, putCredentialsRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';
import { takeCredentials } from '../../declarations/take-credentials.ts';

const path = z.object({ owner: ownerName });

/** `PUT /internal/declarations/{owner}/credentials`: keys before the providers that name them. Answers nothing but 204. */
export function putDeclaredCredentials({ database, writer }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { owner } = checkBody(path, request.params);
    const body = checkBody(putCredentialsRequest, request.body);
    await withRegistry(takeCredentials(database, owner, body, writer()));
    response.status(204).end();
  };
}
