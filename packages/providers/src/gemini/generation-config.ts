import { type ChatCompletionRequest, isRecord } from '@aggregator/contracts';
import { invalidValue } from '../fields/invalid-value.ts';
import type { SortedFields } from '../fields/sort-fields.ts';
import { unsupported } from '../fields/sort-fields.ts';
import type { ModelTraits } from './model-traits.ts';
import { toThinkingConfig } from './thinking.ts';

const candidatesMax = 8;
const stopSequencesMax = 5;
const seedMax = 2_147_483_647;
const modalities: ReadonlyMap<unknown, string> = new Map([
  ['text', 'TEXT'],
  ['image', 'IMAGE'],
]);

/**
 * How the answer is to be made; empty where nothing was asked.
 * Source: https://ai.google.dev/api/generate-content#generationconfig (read 2026-11).
 * @param mostTokens never asked for more than this, because Gemini refuses what the model cannot reach
 * @throws {AppError} `unsupported_parameter`, `invalid_value`.
 */
export function toGenerationConfig(
  request: ChatCompletionRequest,
  { taken, dropped }: SortedFields,
  traits: ModelTraits,
  mostTokens: number | null,
): Record<string, unknown> {
  const thinkingConfig = toThinkingConfig(request, traits, dropped);
  return {
    ...toSampling(taken, traits, dropped),
    ...toLength(taken, mostTokens),
    ...toCandidates(request.n, traits),
    ...toStopSequences(request.stop),
    ...toSeed(request.seed, dropped),
    ...toLogprobs(taken),
    ...toFormat(request.response_format),
    ...toModalities(taken.modalities),
    ...(thinkingConfig !== null && { thinkingConfig }),
  };
}

type Taken = SortedFields['taken'];

function toSampling(taken: Taken, { takesSampling }: ModelTraits, dropped: SortedFields['dropped']) {
  const fields: Record<string, unknown> = {};
  for (const [name, nativeName] of [
    ['temperature', 'temperature'],
    ['top_p', 'topP'],
    ['top_k', 'topK'],
  ] as const) {
    if (taken[name] === undefined) continue;
    if (takesSampling) fields[nativeName] = taken[name];
    // 1 is what happens anyhow, except for `top_k`.
    else if (taken[name] !== 1 || name === 'top_k') dropped.note(name);
  }
  return fields;
}

/** Thoughts are inside the limit, as they are with OpenAI. */
function toLength({ max_completion_tokens, max_tokens }: Taken, most: number | null) {
  const asked = max_completion_tokens ?? max_tokens;
  if (typeof asked !== 'number') return {};
  return { maxOutputTokens: most === null ? asked : Math.min(asked, most) };
}

function toCandidates(count: number | null | undefined, { takesCandidates }: ModelTraits) {
  if (!count || count === 1) return {};
  if (!takesCandidates) throw unsupported('n');
  if (count > candidatesMax) throw invalidValue('n', `This provider gives at most ${candidatesMax} choices.`);
  return { candidateCount: count };
}

function toStopSequences(stop: ChatCompletionRequest['stop']) {
  const stopSequences = (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((sequence) => sequence !== '');
  if (stopSequences.length === 0) return {};
  if (stopSequences.length > stopSequencesMax) {
    throw invalidValue('stop', `This provider takes at most ${stopSequencesMax} stop sequences.`);
  }
  return { stopSequences };
}

/** A seed is a hint; one that is too large for the provider is no error. */
function toSeed(seed: number | null | undefined, dropped: SortedFields['dropped']) {
  if (seed === null || seed === undefined) return {};
  if (Math.abs(seed) <= seedMax) return { seed };
  dropped.note('seed');
  return {};
}

function toLogprobs({ logprobs, top_logprobs: top }: Taken) {
  if (logprobs !== true) {
    if (top === undefined) return {};
    throw invalidValue('top_logprobs', 'The most likely tokens are returned only with logprobs: true.');
  }
  return { responseLogprobs: true, ...(typeof top === 'number' && top > 0 && { logprobs: top }) };
}

function toFormat(format: unknown) {
  if (format === undefined || format === null || (isRecord(format) && format.type === 'text')) return {};
  if (!isRecord(format)) throw unsupported('response_format');
  const responseMimeType = 'application/json';
  if (format.type === 'json_object') return { responseMimeType };
  if (format.type !== 'json_schema') throw unsupported('response_format');
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  if (!isRecord(schema)) throw invalidValue('response_format.json_schema', 'A JSON schema is needed here.');
  return { responseMimeType, responseJsonSchema: schema };
}

function toModalities(asked: unknown) {
  if (asked === undefined) return {};
  if (!Array.isArray(asked)) throw invalidValue('modalities', 'The modalities are a list.');
  const responseModalities = asked.map((modality: unknown) => {
    const known = modalities.get(modality);
    if (known === undefined) throw unsupported('modalities');
    return known;
  });
  return responseModalities.includes('IMAGE') ? { responseModalities } : {};
}
