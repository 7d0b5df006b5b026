import type { EffortsOfModel } from '../openai/model-efforts.ts';

/**
 * `reasoning_effort` is documented for gpt-oss alone. YandexGPT thinks by another word, of Yandex's own door, and without
 * showing it. Of the other models that Yandex hosts nothing is said.
 * Source: https://yandex.cloud/en/docs/ai-studio/concepts/generation/chain-of-thought (read 2026-11).
 */
export const yandexEffortsOf: EffortsOfModel = (model) => {
  const name = model.replace(/^gpt:\/\/[^/]*\//, '');
  if (name.startsWith('gpt-oss-')) return ['low', 'medium', 'high'];
  return /^(?:yandexgpt|aliceai-llm)(?:-|\/|$)/.test(name) ? [] : null;
};
