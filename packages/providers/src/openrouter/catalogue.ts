import { anthropicCatalogue } from '../anthropic/catalogue.ts';
import { cohereCatalogue } from '../cohere/catalogue.ts';
import { geminiCatalogue } from '../gemini/catalogue.ts';
import { openAiCatalogue } from '../openai/catalogue.ts';
import type { ListedModels, ModelFamily } from '../vendor-facts.ts';

/**
 * `<maker>/<model>`. Left out: `~` names, which mean another model every few weeks; `:free` ones, which have no price;
 * pictures and sound, whose prices the list does not separate from text.
 */
const servedName = /^[a-z0-9][a-z0-9.-]*\/(?!.*(?:image|audio|:free))[a-z0-9][a-z0-9.:_-]*$/;

/** The window of a model whose vendor states none. A longer request is rejected, although the model might accept it. */
const contextLengthUnknown = 131_072;

const makers: Readonly<Record<string, ListedModels>> = {
  anthropic: anthropicCatalogue,
  cohere: cohereCatalogue,
  google: geminiCatalogue,
  openai: openAiCatalogue,
};

/** Makers of open and other models. Source: `supported_parameters` of https://openrouter.ai/api/v1/models (read 2026-11). */
const families: readonly ModelFamily[] = [
  { fits: /^deepseek\/deepseek-r1/, outputTokensMax: null, capabilities: ['reasoning'], isThinker: true },
  { fits: /^deepseek\/deepseek-(?:chat|v[34])/, outputTokensMax: null, capabilities: ['tools'] },
  { fits: /^qwen\/qwen(?:3|-max|-plus|-turbo)/, outputTokensMax: null, capabilities: ['tools'] },
  { fits: /^mistralai\//, outputTokensMax: null, capabilities: ['tools'] },
  { fits: /^meta-llama\/llama-(?:3\.[13]|4)/, outputTokensMax: null, capabilities: ['tools'] },
  {
    fits: /^(?:x-ai\/grok-|z-ai\/glm-|moonshotai\/kimi-k|minimax\/minimax-m)/,
    outputTokensMax: null,
    capabilities: ['tools'],
  },
];

export const openRouterCatalogue: ListedModels = {
  listId: 'openrouter',
  namesOf: ({ id }) => [id],
  operationsOf: (name) => (servedName.test(name) ? ['chat.completions'] : []),
  familyOf(name) {
    const [maker = '', model = ''] = name.split('/');
    // Anthropic's versions have dots here and dashes at home.
    const atHome = maker === 'anthropic' ? model.replaceAll('.', '-') : model;
    return makers[maker]?.familyOf(atHome) ?? families.find(({ fits }) => fits.test(name));
  },
  contextLengthOf: () => contextLengthUnknown,
  unlisted: [],
};
