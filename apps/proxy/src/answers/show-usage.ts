import { isRecord, type Operation, type Usage } from '@aggregator/contracts';
import { type OpenAiTotals, toOpenAiTotals, toOpenAiUsage } from '@aggregator/providers';
import type { Charge } from '../money/charge.ts';

type Fields = Record<string, unknown>;

/**
 * Returns the usage object that the caller gets: the provider's own if it says what is charged, else the charged usage in
 * OpenAI's form. It differs if the provider reported nothing, nothing that is right, or counts by another convention.
 * Null if no tokens are charged that could be shown (pictures).
 */
export function showUsage(
  reported: unknown,
  { usage, estimated, reportedUsage }: Charge,
  operation: Operation,
): Fields | null {
  const own = isRecord(reported) ? reported : {};
  const totals = toOpenAiTotals(usage);
  if (operation === 'images.generations') return showImagesUsage(isRecord(reported) ? reported : null, totals, usage);
  if (operation === 'embeddings') {
    const { prompt_tokens } = totals;
    return hasAll(own, { prompt_tokens }) ? own : { prompt_tokens, total_tokens: prompt_tokens };
  }
  const { prompt_tokens, completion_tokens } = totals;
  const isTrue = hasAll(own, { prompt_tokens, completion_tokens });
  // An estimate knows no parts: zeros would claim to.
  if (!isTrue && estimated && reportedUsage === null) return { ...totals };
  const hasTrueParts =
    areDetails(own.prompt_tokens_details, prompt_tokens) &&
    areDetails(own.completion_tokens_details, completion_tokens);
  if (isTrue && hasTrueParts) return own.total_tokens === totals.total_tokens ? own : { ...own, ...totals };
  return { ...own, ...toOpenAiUsage(usage) };
}

/** Aggregators report the tokens of a picture under the names of a chat. */
function showImagesUsage(own: Fields | null, totals: OpenAiTotals, usage: Usage): Fields | null {
  const { prompt_tokens, completion_tokens, total_tokens } = totals;
  const named = { input_tokens: prompt_tokens, output_tokens: completion_tokens };
  if (total_tokens === 0) return own;
  if (own !== null && (hasAll(own, named) || hasAll(own, { prompt_tokens, completion_tokens }))) return own;
  const { imageIn = 0 } = usage;
  return {
    ...named,
    total_tokens,
    input_tokens_details: { text_tokens: prompt_tokens - imageIn, image_tokens: imageIn },
  };
}

function hasAll(own: Fields, totals: Readonly<Record<string, number>>): boolean {
  return Object.entries(totals).every(([name, tokens]) => own[name] === tokens);
}

/** True if every counter is a count within its whole. */
function areDetails(details: unknown, whole: number): boolean {
  if (details === undefined || details === null) return true;
  if (!isRecord(details)) return false;
  return Object.entries(details).every(
    ([name, tokens]) => !name.endsWith('_tokens') || tokens === null || isCountWithin(tokens, whole),
  );
}

function isCountWithin(tokens: unknown, whole: number): boolean {
  return typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 && tokens <= whole;
}
