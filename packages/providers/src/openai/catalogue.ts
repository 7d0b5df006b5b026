import type { Operation } from '@aggregator/contracts';
import type { ListedModels, ModelFamily } from '../vendor-facts.ts';

const chatName = /^(?:gpt-|chatgpt-|o\d)/;
/**
 * Models of APIs that our adapter does not call, or with a price by a unit that our rates do not count: sound,
 * pictures, searches; `oss` and `:` are other hosts' names.
 */
const otherName = /^gpt-3\.5-0|audio|realtime|transcribe|tts|image|vision|search|deep-research|instruct|oss|:/;
const embeddingName = /^text-embedding-/;
const imageName = /^gpt-image-/;

/** Every chat model that OpenAI has released since GPT-4 Turbo reads at least this much; those that read less are named. */
const chatContextLength = 128_000;
const embeddingContextLength = 8192;
/** Longest prompt of the image models is 32,000 characters; a token is at least one. */
const imageContextLength = 32_000;

/** Source: https://platform.openai.com/docs/models, limits as in `@langchain/openai` 1.6.0, made from models.dev (both read 2026-11). */
const families: readonly ModelFamily[] = [
  { fits: imageName, outputTokensMax: null, capabilities: ['image_output'] },
  { fits: /^gpt-3\.5/, outputTokensMax: 4096, capabilities: ['tools'] },
  { fits: /^gpt-4-turbo/, outputTokensMax: 4096, capabilities: ['tools', 'vision'] },
  { fits: /^gpt-4\.1/, outputTokensMax: 32_768, capabilities: ['tools', 'vision', 'structured_outputs'] },
  { fits: /^gpt-4o-2024-05-13/, outputTokensMax: 4096, capabilities: ['tools', 'vision'] },
  { fits: /^gpt-4o/, outputTokensMax: 16_384, capabilities: ['tools', 'vision', 'structured_outputs'] },
  { fits: /^chatgpt-4o/, outputTokensMax: 16_384, capabilities: ['vision'] },
  { fits: /^gpt-4\.5/, outputTokensMax: 16_384, capabilities: ['tools', 'vision', 'structured_outputs'] },
  { fits: /^gpt-4/, outputTokensMax: null, capabilities: ['tools'] },
  { fits: /^gpt-(?:[56].*)?chat/, outputTokensMax: 16_384, capabilities: ['tools', 'vision', 'structured_outputs'] },
  {
    fits: /^gpt-5-pro/,
    outputTokensMax: 272_000,
    capabilities: ['tools', 'vision', 'structured_outputs', 'reasoning'],
    isThinker: true,
  },
  {
    fits: /^gpt-[56]/,
    outputTokensMax: 128_000,
    capabilities: ['tools', 'vision', 'structured_outputs', 'reasoning'],
    isThinker: true,
  },
  { fits: /^o1-mini/, outputTokensMax: 65_536, capabilities: ['reasoning'], isThinker: true },
  { fits: /^o1-preview/, outputTokensMax: 32_768, capabilities: ['reasoning'], isThinker: true },
  {
    fits: /^o3-mini/,
    outputTokensMax: 100_000,
    capabilities: ['tools', 'structured_outputs', 'reasoning'],
    isThinker: true,
  },
  {
    fits: /^o\d/,
    outputTokensMax: 100_000,
    capabilities: ['tools', 'vision', 'structured_outputs', 'reasoning'],
    isThinker: true,
  },
];

/**
 * The list has searches: $10 per 1,000 of the web, $2.50 of files. A container costs $0.03 for each gigabyte of its memory.
 * Pictures are those of gpt-image-2: $5, $8 and $30 a million tokens of text, of pictures read and of pictures drawn.
 * Source: https://developers.openai.com/api/docs/pricing (read 2026-11).
 */
const hostedTools: ListedModels['hostedTools'] = {
  listed: ['toolCalls', 'fileSearches'],
  rates: { containers: '30000000000', toolTextIn: '5000000', toolImageIn: '8000000', toolImageOut: '30000000' },
};

export const openAiCatalogue: ListedModels = {
  listId: 'openai',
  hostedTools,
  /** A model's own name and its dated releases. Its other aliases are other hosts' spellings, which OpenAI does not know. */
  namesOf: ({ id, exactNames }) =>
    exactNames.filter((name) => {
      if (name === id) return true;
      const suffix = name.startsWith(`${id}-`) ? name.slice(id.length + 1) : '';
      return /^(?:\d{4}|\d{4}-\d{2}-\d{2}|latest)$/.test(suffix);
    }),
  operationsOf: toOperations,
  familyOf: (name) => families.find(({ fits }) => fits.test(name)),
  contextLengthOf(name) {
    if (embeddingName.test(name)) return embeddingContextLength;
    return imageName.test(name) ? imageContextLength : chatContextLength;
  },
  unlisted: [],
};

function toOperations(name: string): readonly Operation[] {
  if (embeddingName.test(name)) return ['embeddings'];
  if (imageName.test(name)) return ['images.generations'];
  return chatName.test(name) && !otherName.test(name) ? ['chat.completions'] : [];
}
