import { type EmbeddingsRequest, type Usage, usageComponents } from '@aggregator/contracts';
import type { TranslatedAnswer } from '@aggregator/providers';

/** The request in as many as a provider needs that takes `inputsMax` at once; itself where it fits. */
export function splitInputs(request: EmbeddingsRequest, inputsMax: number): EmbeddingsRequest[] {
  const { input } = request;
  if (!Array.isArray(input) || isTokens(input) || input.length <= inputsMax) return [request];
  const parts: EmbeddingsRequest[] = [];
  const texts = input.filter((one) => typeof one === 'string');
  const tokens = input.filter((one) => Array.isArray(one));
  const inputs = texts.length > 0 ? texts : tokens;
  for (let from = 0; from < inputs.length; from += inputsMax) {
    const slice = inputs.slice(from, from + inputsMax);
    parts.push({ ...request, input: toInput(slice) });
  }
  return parts;
}

/** One list, its entries numbered on; usage is the sum, and unknown where any is. */
export function joinAnswers(answers: readonly TranslatedAnswer[]): TranslatedAnswer {
  const [first] = answers;
  if (first === undefined || answers.length === 1) return first ?? { body: { object: 'list', data: [] }, usage: null };
  const data = answers.flatMap(({ body }) => (Array.isArray(body.data) ? body.data : []));
  const usage = answers.reduce<Usage | null>((sum, answer) => addUsage(sum, answer.usage), {});
  const tokens = usage?.inputUncached ?? 0;
  return {
    body: {
      ...first.body,
      data: data.map((entry, index) => ({ ...entry, index })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
    usage,
  };
}

function isTokens(input: readonly unknown[]): boolean {
  return typeof input[0] === 'number';
}

function toInput(slice: readonly (string | number[])[]): EmbeddingsRequest['input'] {
  const texts = slice.filter((one) => typeof one === 'string');
  return texts.length > 0 ? texts : slice.filter((one) => typeof one !== 'string');
}

function addUsage(sum: Usage | null, usage: Usage | null): Usage | null {
  if (sum === null || usage === null) return null;
  const added: Usage = { ...sum };
  for (const component of usageComponents) {
    const units = usage[component];
    if (units !== undefined) added[component] = (added[component] ?? 0) + units;
  }
  return added;
}
