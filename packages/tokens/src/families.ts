/**
 * A family of tokenizers, as its difference from o200k: tokens of a text in each script, by one token of o200k. Measured on
 * the texts that docs/decisions/0014 names, with the vendors' published vocabularies.
 */
export interface TokenizerFamily {
  readonly name: string;
  readonly latin: number;
  readonly cyrillic: number;
  readonly cjk: number;
  /** True if each digit is a token; o200k has up to three digits in one. */
  readonly splitsDigits: boolean;
  /** Half of the range that the true count is expected in, in percent of the estimate. */
  readonly errorBandPercent: number;
}

const o200k: TokenizerFamily = {
  ...{ name: 'o200k', latin: 1, cyrillic: 1, cjk: 1 },
  ...{ splitsDigits: false, errorBandPercent: 5 },
};
/** A model whose tokenizer is not known. */
const unknown: TokenizerFamily = { ...o200k, name: 'unknown', errorBandPercent: 20 };

/** By the name of a model, without its vendor. The first that fits counts. */
const families: readonly (readonly [fits: RegExp, family: TokenizerFamily])[] = [
  [
    /^(?:gpt-3\.5|gpt-4(?:-|$)|text-embedding-3|text-embedding-ada)/,
    { ...o200k, name: 'cl100k', cyrillic: 1.62, cjk: 1.4, errorBandPercent: 15 },
  ],
  [/^(?:gpt-|chatgpt-|o\d|codex)/, o200k],
  // Anthropic publishes no vocabulary; the factors are of its counts of English and code against GPT-4o.
  [/^claude/, { ...o200k, name: 'claude', latin: 1.2, cyrillic: 1.4, cjk: 1.2, errorBandPercent: 20 }],
  [/^(?:gemini|gemma)/, { ...o200k, name: 'gemini', latin: 1.05, cjk: 0.95, splitsDigits: true, errorBandPercent: 10 }],
  [/llama/, { ...o200k, name: 'llama', cyrillic: 1.16, cjk: 1.07, errorBandPercent: 10 }],
  [/^(?:qwen|qwq)/, { ...o200k, name: 'qwen', cyrillic: 1.23, cjk: 0.95, splitsDigits: true, errorBandPercent: 20 }],
  [/^deepseek/, { ...o200k, name: 'deepseek', latin: 1.03, cyrillic: 1.15, cjk: 0.87, errorBandPercent: 15 }],
  [
    /^(?:mistral|ministral|codestral|devstral|magistral|pixtral|open-mistral)/,
    { ...o200k, name: 'mistral', latin: 1.04, cyrillic: 1.13, cjk: 1.22, splitsDigits: true, errorBandPercent: 15 },
  ],
  [/^(?:command|c4ai|embed-)/, { ...o200k, name: 'command', latin: 1.04, splitsDigits: true, errorBandPercent: 10 }],
];

/** @param model A provider's name of a model: `gpt-4o-mini`, `openai/gpt-4o-mini`. */
export function familyOf(model: string): TokenizerFamily {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return families.find(([fits]) => fits.test(name))?.[1] ?? unknown;
}
