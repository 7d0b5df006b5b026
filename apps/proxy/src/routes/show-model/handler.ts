import { AppError } from '@aggregator/contracts';
import { findModelRow } from '@aggregator/routing';
import { chatCompletionsSurface } from '@aggregator/surfaces';
import { sendJson } from '../../answers/send-json.ts';
import { isAllowedModel } from '../../requests/is-allowed-model.ts';
import { nameSuccessor } from '../../requests/name-successor.ts';
import { type AiRoute, readPath } from '../answer-ai-request.ts';

export const modelPrefix = '/v1/models/';

/** `GET /v1/models/{id}`; the id may hold slashes, as they are or encoded. */
export const showModel: AiRoute = {
  method: 'GET',
  errors: chatCompletionsSurface,
  async serve({ routing, now }, { principal, request, response }) {
    const name = decode(readPath(request).slice(modelPrefix.length));
    const index = routing.require();
    const row = findModelRow(index, name, principal.orgId);
    if (row === null) throw nameSuccessor(new AppError('model_not_found'), name, index, now());
    if (!isAllowedModel(row, principal.models)) throw new AppError('model_not_found');
    sendJson(response, row);
  },
};

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError('model_not_found');
  }
}
