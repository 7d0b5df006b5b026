import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, type EmbeddingModel, type generateText, type LanguageModel } from 'ai';
import { z } from 'zod';
import type { SdkRefusal } from '../matrix-case.ts';
import type { User } from '../user.ts';

/** A package by which the Vercel AI SDK calls a server, on one of our surfaces. */
export interface VercelSurface {
  readonly toModel: (user: User, model: string) => LanguageModel;
  readonly providerOptions: ProviderOptions;
  /** Options that make it think; null: the package has none for these models, because it does not know their names. */
  readonly thinking: { readonly asks: string; readonly providerOptions: ProviderOptions } | null;
  /** True if it sends a limit of tokens although the caller gave none. */
  readonly boundsAnswers: boolean;
}
type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>;

export const vercelSurfaces: Readonly<Record<string, VercelSurface>> = {
  'openai chat': {
    toModel: (user, model) => openAi(user).chat(model),
    providerOptions: {},
    thinking: null,
    boundsAnswers: false,
  },
  'openai responses': {
    toModel: (user, model) => openAi(user).responses(model),
    providerOptions: {},
    thinking: null,
    boundsAnswers: false,
  },
  'openai responses, store: false': {
    toModel: (user, model) => openAi(user).responses(model),
    providerOptions: { openai: { store: false } },
    thinking: {
      asks: 'reasoning.effort',
      providerOptions: { openai: { store: false, reasoningEffort: 'high', forceReasoning: true } },
    },
    boundsAnswers: false,
  },
  'openai-compatible': {
    toModel: (user, model) => compatible(user).chatModel(model),
    providerOptions: {},
    thinking: { asks: 'reasoning_effort', providerOptions: { aggregator: { reasoningEffort: 'high' } } },
    boundsAnswers: false,
  },
  anthropic: {
    toModel: ({ baseUrl, apiKey, fetch }, model) => createAnthropic({ baseURL: `${baseUrl}/v1`, apiKey, fetch })(model),
    providerOptions: {},
    thinking: {
      asks: 'thinking',
      providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
    },
    boundsAnswers: true,
  },
};

export const vercelEmbeddingModels = {
  'openai embeddings': (user: User): EmbeddingModel => openAi(user).embedding(user.model('embeddings')),
  'openai-compatible embeddings': (user: User): EmbeddingModel =>
    compatible(user).embeddingModel(user.model('embeddings')),
} as const;

function openAi({ baseUrl, apiKey, fetch }: User) {
  return createOpenAI({ baseURL: `${baseUrl}/v1`, apiKey, fetch });
}

function compatible({ baseUrl, apiKey, fetch }: User) {
  return createOpenAICompatible({
    ...{ name: 'aggregator', baseURL: `${baseUrl}/v1`, apiKey, fetch },
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
}

const openAiBody = z.object({ error: z.object({ code: z.string(), param: z.string().nullable() }) });
const anthropicBody = z.object({
  error: z.object({ details: z.object({ error_code: z.string(), param: z.string().nullable() }) }),
});

/** The SDK throws one class for all, which holds the body. */
export function readVercelRefusal(thrown: unknown): SdkRefusal | null {
  if (!APICallError.isInstance(thrown)) return null;
  const body: unknown = JSON.parse(thrown.responseBody ?? 'null');
  const openAi = openAiBody.safeParse(body).data?.error;
  const anthropic = anthropicBody.safeParse(body).data?.error.details;
  const name = thrown.statusCode === 400 ? 'bad-request' : thrown.statusCode === 404 ? 'not-found' : 'other';
  return {
    name,
    code: openAi?.code ?? anthropic?.error_code ?? null,
    param: openAi?.param ?? anthropic?.param ?? null,
  };
}
