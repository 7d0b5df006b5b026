import { adapterFor, type FieldFate, type ProviderAdapter, type ProviderTarget } from '@aggregator/providers';
import { type ChatSurfaceName, chatCompletionsSurface } from '@aggregator/surfaces';
import { nativeLaneOf } from '../../answers/native-request.ts';
import { sendJson } from '../../answers/send-json.ts';
import { isAllowedModel } from '../../requests/is-allowed-model.ts';
import type { AiRoute } from '../answer-ai-request.ts';

const surfaces: readonly ChatSurfaceName[] = ['chat.completions', 'completions', 'responses', 'messages'];

/**
 * `GET /v1/capabilities`: what becomes of each field of a request at each provider that is served: `mapped`, `dropped` (and
 * named in `x-aggregator-dropped-params`) or `refused`. Made of the tables that the translation itself goes by. `models` names
 * the lane of each model: requests of the surfaces in `native` go out as they came, those of all others are translated.
 */
export const showCapabilities: AiRoute = {
  method: 'GET',
  errors: chatCompletionsSurface,
  async serve({ routing }, { response, principal }) {
    const { providers } = routing.require().snapshot;
    const data = providers.map((provider) => {
      const { name, type, models, options } = provider;
      const adapter = adapterFor(type, provider);
      const shown = models
        .filter(({ operations }) => operations.includes('chat.completions'))
        .filter(({ id }) => isAllowedModel({ id: `${name}/${id}`, provider: name }, principal.models))
        .map(({ id }) => ({ id, native: listNative(adapter, { model: id, options }) }));
      return { provider: name, type, operations: describeOperations(adapter), models: shown };
    });
    sendJson(response, { object: 'list', data });
  },
};

function listNative(
  adapter: ProviderAdapter,
  target: Pick<ProviderTarget, 'model' | 'options'>,
): readonly ChatSurfaceName[] {
  return surfaces.filter((name) => nativeLaneOf(name, adapter, target) !== null);
}

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
