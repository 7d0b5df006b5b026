import type { ModelCapability, Operation } from '@aggregator/contracts';
import type { ListedModels, ModelFamily } from '../vendor-facts.ts';

const chatName = /^gemini-[2-9]/;
const embeddingName = /^gemini-embedding-/;
const imageName = /-image(?:-|$)/;
/** Models of other methods than `generateContent`, or with a price by a unit that our rates do not count. */
const otherName = /2\.5-flash-preview(?!-09)|live|native-audio|tts|omni|robotics|computer-use/;

const common: readonly ModelCapability[] = ['tools', 'vision', 'audio', 'structured_outputs'];
const contextLength = 1_048_576;
const embeddingContextLength = 2048;

/** Source: https://ai.google.dev/gemini-api/docs/models (read 2026-11). */
const families: readonly ModelFamily[] = [
  { fits: imageName, outputTokensMax: 32_768, capabilities: ['vision', 'image_output'], isThinker: true },
  { fits: /^gemini-2\.0/, outputTokensMax: 8192, capabilities: common },
  { fits: /^gemini-/, outputTokensMax: 65_536, capabilities: [...common, 'reasoning'], isThinker: true },
];

export const geminiCatalogue: ListedModels = {
  listId: 'google',
  /** Names with a colon, and `text-preview`, are other hosts' spellings; `latest` of one version was never a name. */
  namesOf: ({ id, exactNames }) => [id, ...exactNames].filter((name) => !/:|text-preview|-latest$/.test(name)),
  operationsOf: toOperations,
  familyOf: (name) => families.find(({ fits }) => fits.test(name)),
  contextLengthOf: (name) => (embeddingName.test(name) ? embeddingContextLength : contextLength),
  unlisted: [],
};

function toOperations(name: string): readonly Operation[] {
  if (embeddingName.test(name)) return ['embeddings'];
  if (!chatName.test(name) || otherName.test(name)) return [];
  return imageName.test(name) ? ['chat.completions', 'images.generations'] : ['chat.completions'];
}
