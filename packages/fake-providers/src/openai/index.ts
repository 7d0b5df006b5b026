import type { FakeScript } from '../script.ts';
import { checkChat, parseStrictly } from './check-chat.ts';
import { createFakeDialect, type FakeOpenAiDialect } from './dialect.ts';
import { openAiModels, requireModel } from './models.ts';
import { toOpenAiErrorBody } from './refusal.ts';
import { checkResponses } from './responses/check-responses.ts';
import { openAiResponses } from './responses/wire.ts';
import { type FakeVendor, toOpenAiUsage } from './vendor.ts';
import { openAiChat, openAiEmbeddings, openAiImages } from './wire.ts';

export type { FakeOpenAiDialect } from './dialect.ts';
export type { FakeLedger as FakeOpenAiLedger, FakeRecord as FakeOpenAiRecord } from './ledger.ts';

export interface FakeOpenAiOptions {
  /** The only key that is taken. Default `sk-fake-openai`. */
  credential?: string;
  script?: FakeScript;
}

/**
 * OpenAI in its own words, under `/v1`: chats and responses plain and streamed, embeddings, images, models. It takes
 * what the vendor takes and refuses the rest; its answers are described at `composeAnswer`, its faults at `findFault`.
 */
export function createFakeOpenAi({ credential = 'sk-fake-openai', script }: FakeOpenAiOptions = {}): FakeOpenAiDialect {
  return createFakeDialect({ ...openAiVendor, credential, script });
}

/** OpenAI as its coats begin from it. */
export const openAiVendor: FakeVendor = {
  prefix: '/v1',
  credential: '',
  openRoutes: [],
  probePath: '/models',
  imagesPath: '/images/generations',
  models: openAiModels,
  checkHeaders: () => undefined,
  readChat(body) {
    const request = parseStrictly(openAiChat, body);
    const model = requireModel(openAiModels, request.model, 'chat');
    checkChat(request, model);
    return { request, model };
  },
  readEmbeddings(body) {
    const request = parseStrictly(openAiEmbeddings, body);
    return { request, model: requireModel(openAiModels, request.model, 'embeddings') };
  },
  readImages(body) {
    const request = parseStrictly(openAiImages, body);
    return { request, model: requireModel(openAiModels, request.model, 'images') };
  },
  readResponses(body) {
    const request = parseStrictly(openAiResponses, body);
    const model = requireModel(openAiModels, request.model, 'chat');
    checkResponses(request, model);
    return { request, model };
  },
  toHead: (sequence, { id }) => ({
    id: `chatcmpl-fake-${sequence}`,
    created: 1_795_000_000,
    model: id,
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
  }),
  // OpenAI counts its thoughts and does not show them.
  toThought: () => ({}),
  toFinish: ({ finishReason }) => ({ finish_reason: finishReason }),
  toUsage: toOpenAiUsage,
  toImages: (images, { promptTokens, completionTokens }) => ({
    background: 'opaque',
    output_format: 'png',
    data: images.map((image) => ({ b64_json: image })),
    usage: {
      input_tokens: promptTokens,
      output_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      input_tokens_details: { text_tokens: promptTokens, image_tokens: 0 },
      output_tokens_details: { image_tokens: completionTokens, text_tokens: 0 },
    },
  }),
  usageInStream: 'if-asked',
  comment: '',
  toStatus: ({ status }) => status,
  toErrorBody: toOpenAiErrorBody,
  toErrorEvent: () => ({
    error: {
      message: 'The server had an error while processing your request.',
      type: 'server_error',
      param: null,
      code: null,
    },
  }),
};
