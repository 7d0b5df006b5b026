import { countPicture } from './count-picture.ts';
import { type CountBudget, countTexts, defaultBudget } from './count-text.ts';
import { familyOf } from './families.ts';

/** What a prompt has besides its envelope. */
export interface Prompt {
  /** Of messages, thoughts, tool calls and their results. */
  readonly texts: readonly string[];
  readonly messages: number;
  /** JSON of each tool. */
  readonly tools: readonly string[];
  /** Known already: ids of tokens. Absent: none. */
  readonly tokens?: number;
  readonly pictures: readonly { readonly url: string; readonly detail: unknown }[];
}

/** How an estimate was made, as a usage event records it. */
export interface EstimateMethod {
  readonly method: string;
  readonly version: string;
  readonly errorBandPercent: number;
}

/** Version of the library and of the factors of the families. */
const version = 'gpt-tokenizer@4.0.0/1';
/** What templates of chats put around a message and before the answer. */
const messageTokens = 4;
const answerTokens = 3;

/** Returns the tokens that a prompt probably has at a model. */
export function estimatePrompt(prompt: Prompt, model: string, budget: CountBudget = defaultBudget): number {
  const { texts, messages, tools, pictures, tokens = 0 } = prompt;
  const around = messages === 0 ? 0 : messages * messageTokens + answerTokens;
  const text = countTexts([...texts, ...tools], familyOf(model), budget);
  return tokens + around + text + pictures.reduce((sum, { url, detail }) => sum + countPicture(url, detail, model), 0);
}

/**
 * Returns the tokens that an answer probably has at a model.
 * @param texts What is known of it, in order: all, or a beginning. Cut anywhere, so that they are counted as one text.
 * @param characters UTF-16 units of all of it.
 */
export function estimateAnswer(
  texts: readonly string[],
  characters: number,
  model: string,
  budget: CountBudget = defaultBudget,
): number {
  const known = texts.reduce((sum, text) => sum + text.length, 0);
  // Of a text that is not known: three units a token.
  if (known === 0) return Math.ceil(characters / 3);
  const tokens = countTexts([texts.join('')], familyOf(model), budget);
  return Math.ceil((tokens * Math.max(characters, known)) / known);
}

export function methodOf(model: string): EstimateMethod {
  const { name, errorBandPercent } = familyOf(model);
  return { method: name === 'o200k' ? 'o200k_base' : `o200k_base/${name}`, version, errorBandPercent };
}
