import type { ProviderName } from './providers/provider-name.ts';

/** What a case asks of a provider that not all of them have. */
export type Need =
  | 'n'
  | 'json_object'
  | 'image'
  | 'stop'
  | 'reasoning'
  | 'bounded_reasoning'
  | 'embeddings'
  | 'dimensions'
  | 'images'
  | 'openai_tools'
  | 'anthropic_tools'
  | 'unknown_field';

/**
 * How a provider that cannot do it answers: `refused`, as a bad request with `unsupported_parameter`; `dropped`, named in
 * `x-aggregator-dropped-params`, where the answer is what was asked for all the same; `not-served`, as a model that is not
 * found for this operation; `rejected`, by the provider itself, in its own words.
 */
export interface Incapability {
  readonly fate: 'refused' | 'dropped' | 'not-served' | 'rejected';
  readonly reason: string;
}

const noEmbeddings: Incapability = { fate: 'not-served', reason: 'no embedding model' };
const noThinker: Incapability = { fate: 'dropped', reason: 'no model that thinks' };
const noHosted: Incapability = { fate: 'dropped', reason: "no tools of OpenAI's servers" };
const noContainer: Incapability = { fate: 'dropped', reason: "no containers of Anthropic's servers" };
const noUnknown: Incapability = { fate: 'dropped', reason: 'another dialect' };
const refusesUnknown: Incapability = {
  fate: 'rejected',
  reason: 'the field reaches the provider, which knows no such field',
};
const noImages: Incapability = { fate: 'not-served', reason: 'no image model' };

export const incapabilities: Readonly<Record<ProviderName, Readonly<Partial<Record<Need, Incapability>>>>> = {
  openai: { anthropic_tools: noContainer, unknown_field: refusesUnknown },
  anthropic: {
    openai_tools: noHosted,
    unknown_field: noUnknown,
    n: { fate: 'refused', reason: 'one answer for each request' },
    json_object: { fate: 'refused', reason: 'no JSON without a schema' },
    embeddings: noEmbeddings,
    dimensions: noEmbeddings,
    images: noImages,
  },
  google: { openai_tools: noHosted, anthropic_tools: noContainer, unknown_field: noUnknown },
  cohere: {
    openai_tools: noHosted,
    anthropic_tools: noContainer,
    unknown_field: noUnknown,
    n: { fate: 'refused', reason: 'one answer for each request' },
    image: { fate: 'rejected', reason: 'no model that sees has a price' },
    reasoning: noThinker,
    bounded_reasoning: noThinker,
    images: noImages,
  },
  openrouter: {
    openai_tools: noHosted,
    anthropic_tools: noContainer,
    unknown_field: noUnknown,
    n: { fate: 'refused', reason: 'one answer for each request' },
    embeddings: noEmbeddings,
    dimensions: noEmbeddings,
    images: noImages,
  },
  yandex: {
    openai_tools: noHosted,
    anthropic_tools: noContainer,
    unknown_field: noUnknown,
    stop: { fate: 'refused', reason: 'no stop sequences' },
    dimensions: { fate: 'refused', reason: 'vectors have one length' },
    images: noImages,
  },
  custom: { openai_tools: noHosted, anthropic_tools: noContainer, unknown_field: refusesUnknown, images: noImages },
  mock: {
    ...{ openai_tools: noHosted, anthropic_tools: noContainer, unknown_field: noUnknown },
    ...{ reasoning: noThinker, bounded_reasoning: noThinker, images: noImages },
  },
};

/** Hints of the case 'names the hints …' that a provider has no place for: dropped and named, or refused where the request is strict. */
export const droppedHints: Readonly<Record<ProviderName, readonly string[]>> = {
  openai: [],
  anthropic: ['frequency_penalty', 'metadata', 'seed'],
  google: ['frequency_penalty', 'metadata', 'user'],
  cohere: ['metadata', 'user'],
  openrouter: [],
  yandex: ['metadata', 'seed', 'user'],
  custom: [],
  mock: [],
};
