import { adapterFor, type FieldFate } from '@aggregator/providers';
import { chatCompletionsSurface } from '@aggregator/surfaces';
import type { AiRoute } from '../answer-ai-request.ts';
import { sendJson } from '../send-json.ts';

/**
 * `GET /v1/capabilities`: what becomes of each field of a request at each provider that is served: `mapped`, `dropped` (and
 * named in `x-aggregator-dropped-params`) or `refused`. Made of the tables that the translation itself goes by.
 */
export const showCapabilities: AiRoute = {
  method: 'GET',
  errors: chatCompletionsSurface,
  async serve({ routing }, { response }) {
    const { providers } = routing.require().snapshot;
    const data = providers.map(({ name, type }) => ({ provider: name, type, operations: describeOperations(type) }));
    sendJson(response, { object: 'list', data });
  },
};

function describeOperations(
  type: Parameters<typeof adapterFor>[0],
): Record<string, Readonly<Record<string, FieldFate>>> {
  const { chat, embeddings, images } = adapterFor(type);
  return {
    'chat.completions': chat.fields,
    ...(embeddings !== null && { embeddings: embeddings.fields }),
    ...(images !== null && { 'images.generations': images.fields }),
  };
}
