import { boundOutput, foldReasoning } from '../openai/adjust-fields.ts';
import { createOpenAiDialect } from '../openai/dialect.ts';
import type { ErrorChange } from '../openai/errors.ts';
import { withoutAnswerFields, withRefusalAsText, withSystemRole } from '../openai/messages.ts';
import { yandexChatFields, yandexEmbeddingsFields } from './capabilities.ts';
import { yandexFacts } from './facts.ts';
import { toModelAddress, withoutFolders } from './model-address.ts';
import { yandexEffortsOf } from './model-efforts.ts';

/**
 * Yandex AI Studio through its OpenAI-compatible door. The folder that pays is the option `folder`; a model is called as in
 * its address, without scheme and folder: `yandexgpt/latest`. An API key and an IAM token go out alike, as a bearer token.
 * The stream reports usage without being asked, and refuses to be asked.
 * Source: https://yandex.cloud/en/docs/ai-studio/concepts/openai-compatibility (read 2026-11).
 */
export const yandexAdapter = createOpenAiDialect('Yandex', yandexFacts, yandexChatFields, {
  isLoose: true,
  headers: ({ options: { folder } }): Record<string, string> => (folder ? { 'openai-project': folder } : {}),
  modelName: toModelAddress,
  toOpenAiError,
  adjustMessage: (message) => withoutAnswerFields(withRefusalAsText(withSystemRole(message))),
  adjustChat(fields, target, dropped) {
    foldReasoning(fields, target, dropped, yandexEffortsOf);
    boundOutput(fields, 'max_tokens', target);
    delete fields.stream_options;
  },
  adjustAnswer(answer) {
    const isAddress = typeof answer.model === 'string' && answer.model.includes('://');
    if (isAddress) answer.model = withoutFolders(String(answer.model));
    return isAddress;
  },
  embeddings: {
    fields: yandexEmbeddingsFields,
    inputsMax: 1,
    adjust(fields) {
      fields.encoding_format = 'float';
      if (Array.isArray(fields.input) && fields.input.length === 1) [fields.input] = fields.input;
    },
  },
  images: null,
});

/** Beside OpenAI's form there is that of Yandex's other doors: `{grpcCode, httpCode, message}`. */
function toOpenAiError(error: Parameters<ErrorChange>[0]): ReturnType<ErrorChange> {
  return {
    ...error,
    ...(typeof error.httpCode === 'number' && { status: error.httpCode }),
    ...(typeof error.message === 'string' && { message: withoutFolders(error.message) }),
  };
}
