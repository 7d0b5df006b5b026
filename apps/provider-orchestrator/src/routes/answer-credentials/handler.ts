import { type CredentialsAnswer, credentialsRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { withRegistry } from '../../database/registry-unavailable.ts';

/** `POST /internal/credentials`: the one answer that holds secrets, for proxies alone. */
export function answerCredentials({ readStored }: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { refs } = checkBody(credentialsRequest, request.body);
    const found = await withRegistry(readStored(refs));
    const credentials = Object.fromEntries([...found].map(([ref, secret]) => [ref, secret.reveal()]));
    const answer: CredentialsAnswer = { credentials };
    response.set('cache-control', 'no-store').json(answer);
  };
}
