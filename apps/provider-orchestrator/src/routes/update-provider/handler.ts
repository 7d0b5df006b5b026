import { updateProviderRequest } from '@aggregator/contracts';
import { checkBody, readIfMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { auditProvider } from '../../audit/audit-provider.ts';
import type { ProviderOrchestratorContext } from '../../context.ts';
import type { Transaction } from '../../database/create-database.ts';
import { updateProvider as changeProvider } from '../../providers/change-provider.ts';
import { publishProvider } from '../../providers/publish-provider.ts';
import { actorOf } from '../actor-of.ts';
import { readPathName } from '../read-path-name.ts';

/** `PATCH /v1/orchestrator/providers/{name}` */
export function updateProvider(context: ProviderOrchestratorContext): RequestHandler {
  return async (request, response) => {
    const name = readPathName(request);
    const body = checkBody(updateProviderRequest, request.body);
    const actor = actorOf(request);
    const edit = async (tx: Transaction) => {
      await changeProvider(tx, name, body, context.writer());
      const audited = { action: 'provider_updated', name, fields: Object.keys(body) };
      await auditProvider(tx, context.now(), actor, audited);
    };
    const change = await publishProvider(context, name, edit, readIfMatch(request));
    context.events.registryChanged({ change: 'provider_updated', name, ...change.snapshot, ...actor });
    response.json(change);
  };
}
