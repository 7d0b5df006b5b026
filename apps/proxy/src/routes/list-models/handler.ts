import type { ModelList } from '@aggregator/contracts';
import { listModels as listRows } from '@aggregator/routing';
import { chatCompletionsSurface } from '@aggregator/surfaces';
import { sendJson } from '../../answers/send-json.ts';
import { isAllowedModel } from '../../requests/is-allowed-model.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `GET /v1/models`: what this caller can use. */
export const listModels: AiRoute = {
  method: 'GET',
  errors: chatCompletionsSurface,
  async serve({ routing }, { principal, response }) {
    const data = listRows(routing.require(), principal.orgId).filter((row) => isAllowedModel(row, principal.models));
    sendJson(response, { object: 'list', data } satisfies ModelList);
  },
};
