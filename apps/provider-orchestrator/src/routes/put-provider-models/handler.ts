import { putModelsRequest } from '@aggregator/contracts';
import { checkBody, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { auditProvider } from '../../audit/audit-provider.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import type { Transaction } from '../../database/create-database.ts';
import { updateProvider } from '../../providers/change-provider.ts';
import { publishProvider } from '../../providers/publish-provider.ts';
import { actorOf } from '../actor-of.ts';
import { readPathName } from '../read-path-name.ts';

/** `PUT /v1/orchestrator/providers/{name}/models` */
export function putProviderModels(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const { models } = checkBody(putModelsRequest, request.body);
    const actor = actorOf(request);
    const edit = async (tx: Transaction) => {
      await updateProvider(tx, name, { models }, context.writer());
      await auditProvider(tx, context.now(), actor, { action: 'models_replaced', name, fields: ['models'] });
    };
    const change = await publishProvider(context, name, edit, readIfMatch(request));
    context.events.registryChanged({ change: 'models_replaced', name, ...change.snapshot, ...actor });
    response.json(change);
  };
}
