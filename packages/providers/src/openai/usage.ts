import { isRecord, type Usage } from '@aggregator/contracts';
import type { ProviderAdapter } from '../provider-adapter.ts';
import { judgeTotals, type TokenTotals } from '../usage/judge-totals.ts';
import type { UsageReading } from '../usage/usage-reading.ts';
import { type OpenAiUsageWire, openAiImagesUsageWire, openAiUsageWire } from './wire.ts';

export const openAiCounters: ProviderAdapter['counters'] = {
  'chat.completions': [
    ...(['inputUncached', 'cacheRead', 'cacheWrite5m', 'audioIn'] as const),
    ...(['outputText', 'outputReasoning', 'audioOut', 'imageOut'] as const),
  ],
  embeddings: ['inputUncached'],
  'images.generations': ['inputUncached', 'imageIn', 'outputText', 'imageOut', 'images'],
};

/**
 * Reads OpenAI's usage as disjoint counters. Its numbers include one another: cached, written and audio tokens are inside
 * `prompt_tokens`; reasoning and audio tokens inside `completion_tokens`. A zero that was reported stays a zero.
 *
 * Servers of the dialect differ. xAI counts reasoning beside `completion_tokens`; Google's compatible address counts it in
 * the total alone; some count cached tokens beside the prompt. The total shows which of them it is. If it fits none, or a
 * part is larger than its whole, the smaller reading counts and `reportedUsage` has all figures.
 *
 * Cache writes, which OpenAI bills above plain input since GPT-5.6, count as `cacheWrite5m`, our shorter life. A part that
 * is 0 is left out, so that a model which never uses it needs no rate for it.
 *
 * Null if the totals are absent or no counts: unknown, not zero.
 * Sources: https://docs.x.ai/docs/guides/reasoning, https://ai.google.dev/gemini-api/docs/openai (read 2026-11).
 */
export function readOpenAiChatUsage(value: unknown): UsageReading | null {
  const parsed = openAiUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const { prompt_tokens: prompt, completion_tokens, total_tokens } = parsed.data;
  if (prompt === undefined || prompt === null) return null;
  const completion =
    completion_tokens ?? (typeof total_tokens === 'number' ? Math.max(0, total_tokens - prompt) : null);
  if (completion === null) return null;

  const parts = readParts(parsed.data);
  const judged = judgeTotals(listReadings(prompt, completion, total_tokens ?? 0, parts), total_tokens || null);
  const inside = parts.cacheRead + parts.cacheWrite + parts.audioIn;
  const generated = parts.reasoning + parts.audioOut + parts.imageOut;
  const isConsistent = judged.isConsistent && inside <= judged.prompt && generated <= judged.completion;
  // Reasoning that only the total has.
  const hidden = parts.reasoning === 0 && judged.isConsistent ? Math.max(0, judged.completion - completion) : 0;
  const all = { ...parts, reasoning: parts.reasoning + hidden };
  return {
    usage: toUsage(judged.prompt, judged.completion, all),
    reportedUsage: isConsistent ? null : toUsage(Math.max(prompt, inside), Math.max(completion, generated), all),
  };
}

/** The smaller reading alone. */
export function fromOpenAiChatUsage(value: unknown): Usage | null {
  return readOpenAiChatUsage(value)?.usage ?? null;
}

/** Where servers put usage: at the top, in `x_groq` (Groq's last chunk), or in the last choice (Moonshot's last chunk). */
export function findOpenAiUsage({ usage, x_groq: groq, choices }: Readonly<Record<string, unknown>>): unknown {
  if (isRecord(usage)) return usage;
  if (isRecord(groq) && isRecord(groq.usage)) return groq.usage;
  const last: unknown = Array.isArray(choices) ? choices.at(-1) : undefined;
  return isRecord(last) && isRecord(last.usage) ? last.usage : usage;
}

interface Parts {
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly audioIn: number;
  readonly reasoning: number;
  readonly audioOut: number;
  readonly imageOut: number;
}

function readParts(wire: OpenAiUsageWire): Parts {
  const inside = wire.prompt_tokens_details;
  const made = wire.completion_tokens_details;
  return {
    cacheRead: inside?.cached_tokens ?? wire.cached_tokens ?? wire.prompt_cache_hit_tokens ?? 0,
    cacheWrite: inside?.cache_write_tokens ?? 0,
    audioIn: inside?.audio_tokens ?? 0,
    reasoning: made?.reasoning_tokens ?? 0,
    audioOut: made?.audio_tokens ?? 0,
    imageOut: made?.image_tokens ?? 0,
  };
}

/** More than any model thinks for one answer: beyond it a total is a wrong figure. */
const hiddenTokensMax = 1_048_576;

function listReadings(
  prompt: number,
  completion: number,
  total: number,
  { cacheRead, cacheWrite, reasoning }: Parts,
): [TokenTotals, ...TokenTotals[]] {
  const withCache = prompt + cacheRead + cacheWrite;
  const hidden = total - prompt - completion;
  return [
    { prompt, completion },
    { prompt, completion: completion + reasoning },
    { prompt: withCache, completion },
    { prompt: withCache, completion: completion + reasoning },
    ...(reasoning === 0 && hidden > 0 && hidden <= hiddenTokensMax ? [{ prompt, completion: total - prompt }] : []),
  ];
}

/** Parts that are larger than their whole are cut to it. */
function toUsage(prompt: number, completion: number, parts: Parts): Usage {
  const cacheRead = Math.min(parts.cacheRead, prompt);
  const cacheWrite = Math.min(parts.cacheWrite, prompt - cacheRead);
  const audioIn = Math.min(parts.audioIn, prompt - cacheRead - cacheWrite);
  const reasoning = Math.min(parts.reasoning, completion);
  const audioOut = Math.min(parts.audioOut, completion - reasoning);
  const imageOut = Math.min(parts.imageOut, completion - reasoning - audioOut);
  return {
    inputUncached: prompt - cacheRead - cacheWrite - audioIn,
    ...(cacheRead > 0 && { cacheRead }),
    ...(cacheWrite > 0 && { cacheWrite5m: cacheWrite }),
    ...(audioIn > 0 && { audioIn }),
    outputText: completion - reasoning - audioOut - imageOut,
    ...(reasoning > 0 && { outputReasoning: reasoning }),
    ...(audioOut > 0 && { audioOut }),
    ...(imageOut > 0 && { imageOut }),
  };
}

/** The same for embeddings, which have input only. */
export function fromOpenAiEmbeddingsUsage(value: unknown): Usage | null {
  const parsed = openAiUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const input = parsed.data.prompt_tokens ?? parsed.data.total_tokens;
  return typeof input === 'number' ? { inputUncached: input } : null;
}

/**
 * The same for the tokens of images. Aggregators report them under the names of a chat. Null if there are none, as of
 * models that are priced by the picture.
 * Source: https://platform.openai.com/docs/api-reference/images/object (read 2026-11).
 */
export function fromOpenAiImagesUsage(value: unknown): Usage | null {
  const parsed = openAiImagesUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const { input_tokens, output_tokens, prompt_tokens, completion_tokens } = parsed.data;
  const input = input_tokens ?? prompt_tokens ?? 0;
  const output = output_tokens ?? completion_tokens;
  if (typeof output !== 'number') return null;
  const imageIn = Math.min(parsed.data.input_tokens_details?.image_tokens ?? 0, input);
  const outputText = Math.min(parsed.data.output_tokens_details?.text_tokens ?? 0, output);
  return {
    inputUncached: input - imageIn,
    ...(imageIn > 0 && { imageIn }),
    ...(outputText > 0 && { outputText }),
    imageOut: output - outputText,
  };
}
