import { adapterFor, type FieldFate, type ProviderAdapter } from '@aggregator/providers';
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
    const data = providers.map((provider) => ({
      provider: provider.name,
      type: provider.type,
      operations: describeOperations(adapterFor(provider.type, provider)),
    }));
    sendJson(response, { object: 'list', data });
  },
};

function describeOperations({
  chat,
  embeddings,
  images,
}: ProviderAdapter): Record<string, Readonly<Record<string, FieldFate>>> {
  return {
    'chat.completions': chat.fields,
    ...(embeddings !== null && { embeddings: embeddings.fields }),
    ...(images !== null && { 'images.generations': images.fields }),
  };
}
