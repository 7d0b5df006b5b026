import { type DeclarationsAnswer, ownerName } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ProviderOrchestratorContext } from '../../context.ts';
import { applyDeclarations } from '../../declarations/apply-declarations.ts';
import { looseDeclarations } from '../../declarations/judge-entry.ts';

const path = z.object({ owner: ownerName });

/** `PUT /internal/declarations/{owner}`: contracts/internal/declarations.ts says what it means. */
export function putDeclarations(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const { owner } = checkBody(path, request.params);
    const body = checkBody(looseDeclarations, request.body);
    const { result, snapshot } = await context.publish((tx) => applyDeclarations(tx, owner, body, context.writer()));
    context.events.declarationsTaken({ owner, epoch: body.epoch, sequence: body.sequence, snapshot, entries: result });
    const answer: DeclarationsAnswer = { snapshot, entries: result };
    response.json(answer);
  };
}
