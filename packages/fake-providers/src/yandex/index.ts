import { checkChat, parseStrictly } from '../openai/check-chat.ts';
import { createFakeDialect, type FakeOpenAiDialect } from '../openai/dialect.ts';
import { openAiVendor } from '../openai/index.ts';
import type { FakeModel } from '../openai/models.ts';
import { invalid, Refusal, toOpenAiErrorBody } from '../openai/refusal.ts';
import type { FakeVendor } from '../openai/vendor.ts';
import { openAiEmbeddings } from '../openai/wire.ts';
import { yandexChat } from './wire.ts';

export interface FakeYandexOptions {
  /** The only key that is taken. Default `AQVN-fake`. */
  credential?: string;
  /** The folder that the key belongs to. Default `b1gfakefolder`. */
  folder?: string;
}

const models: readonly FakeModel[] = [
  { id: 'yandexgpt/latest', operation: 'chat', contextTokens: 32_768, outputMax: 8192, efforts: [] },
  { id: 'yandexgpt-lite/latest', operation: 'chat', contextTokens: 32_768, outputMax: 8192, efforts: [] },
  {
    id: 'gpt-oss-120b/latest',
    operation: 'chat',
    contextTokens: 131_072,
    outputMax: 131_072,
    efforts: ['low', 'medium', 'high'],
  },
  { id: 'text-search-doc/latest', operation: 'embeddings', contextTokens: 2048, outputMax: 256, efforts: [] },
  { id: 'text-search-query/latest', operation: 'embeddings', contextTokens: 2048, outputMax: 256, efforts: [] },
];

/**
 * Yandex AI Studio's compatible door, under `/v1`, as a coat over the fake of OpenAI. It wants the folder in a header
 * and in the name of each model, embeds one text at a time and answers floats alone. Source:
 * https://yandex.cloud/en/docs/ai-studio/concepts/openai-compatibility (read 2026-11).
 */
export function createFakeYandex({
  credential = 'AQVN-fake',
  folder = 'b1gfakefolder',
}: FakeYandexOptions = {}): FakeOpenAiDialect {
  return createFakeDialect({ ...createVendor(folder), credential });
}

function createVendor(folder: string): FakeVendor {
  const addressOf = ({ id, operation }: FakeModel) => `${operation === 'embeddings' ? 'emb' : 'gpt'}://${folder}/${id}`;
  const findModel = (address: string, operation: FakeModel['operation']) => {
    const model = models.find((one) => one.operation === operation && addressOf(one) === address);
    if (model !== undefined) return model;
    if (!/^(gpt|emb):\/\/[^/]+\/.+/.test(address)) throw invalid('model', `Invalid model_uri: ${address}`);
    throw new Refusal(404, { message: `Failed to get model ${address}` });
  };
  return {
    ...openAiVendor,
    readResponses: null,
    models,
    imagesPath: null,
    checkHeaders(headers) {
      if (headers['openai-project'] === folder) return;
      throw new Refusal(403, { message: `Permission to folder ${headers['openai-project'] ?? '(none)'} denied` });
    },
    readChat(body) {
      const request = parseStrictly(yandexChat, body);
      const model = findModel(request.model, 'chat');
      checkEffort(request.reasoning_effort, model);
      // Its thinkers take what others take: the older bound, the temperature.
      checkChat({ ...request, reasoning_effort: undefined }, { ...model, efforts: [] });
      return { request, model };
    },
    readEmbeddings(body) {
      const request = parseStrictly(openAiEmbeddings.pick({ model: true, input: true, encoding_format: true }), body);
      if (typeof request.input !== 'string') throw invalid('input', 'Only a single string is supported.');
      if (request.encoding_format !== 'float') throw invalid('encoding_format', 'Only float is supported.');
      return { request, model: findModel(request.model, 'embeddings') };
    },
    toHead: (sequence, model) => ({ id: `fake-${sequence}`, created: 1_795_000_000, model: addressOf(model) }),
    toThought: (_, reasoning) => ({ reasoning_content: reasoning }),
    usageInStream: 'every-chunk',
    toStatus,
    toErrorBody(refusal) {
      const httpCode = toStatus(refusal);
      const grpcCode = { 401: 16, 403: 7, 404: 5, 429: 8, 503: 14 }[httpCode];
      if (grpcCode === undefined) return toOpenAiErrorBody(refusal);
      const { message } = refusal.problem;
      return { error: { grpcCode, httpCode, message, httpStatus: 'Error', details: [] } };
    },
    toErrorEvent: () => ({
      error: { grpcCode: 14, httpCode: 503, message: 'Unavailable', httpStatus: 'Error', details: [] },
    }),
  };
}

/** Source: https://yandex.cloud/en/docs/ai-studio/concepts/generation/chain-of-thought (read 2026-11). */
function checkEffort(effort: string | null | undefined, { id, efforts }: FakeModel): void {
  if (!effort || efforts.includes(effort)) return;
  throw invalid('reasoning_effort', `Model ${id} does not support reasoning_effort '${effort}'.`);
}

/** A folder that cannot pay is forbidden. */
function toStatus({ status, problem }: Refusal): number {
  return problem.code === 'insufficient_quota' ? 403 : status;
}
