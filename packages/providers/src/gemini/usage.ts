import type { Usage } from '@aggregator/contracts';
import { geminiUsageWire, type ModalityCounts } from './wire.ts';

/**
 * Gemini's usage as disjoint counters. Cached tokens are inside `promptTokenCount`; thoughts stand beside
 * `candidatesTokenCount`, and what tools of the provider read stands beside the prompt. Where the total says that the
 * thoughts were inside after all, it is believed, which is the smaller reading.
 *
 * Audio of the prompt has a rate of its own, images have that of text and are counted as such; images and audio of the
 * answer are counted apart. A part that is larger than its whole is cut to it. A part that is 0 is left out, so that a
 * model which never uses it needs no rate for it.
 *
 * Null where the numbers are absent or no counts: unknown, not zero.
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata (read 2026-11).
 */
export function fromGeminiUsage(value: unknown): Usage | null {
  const parsed = geminiUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const { promptTokenCount: prompt, totalTokenCount: total } = parsed.data;
  if (typeof prompt !== 'number') return null;

  const cacheRead = Math.min(parsed.data.cachedContentTokenCount ?? 0, prompt);
  const audioCached = Math.min(countOf(parsed.data.cacheTokensDetails, 'AUDIO'), cacheRead);
  const audioAll = countOf(parsed.data.promptTokensDetails, 'AUDIO');
  const audioIn = Math.min(Math.max(0, audioAll - audioCached), prompt - cacheRead);
  const toolUse = parsed.data.toolUsePromptTokenCount ?? 0;

  const thoughts = parsed.data.thoughtsTokenCount ?? 0;
  const told = parsed.data.candidatesTokenCount ?? Math.max(0, (total ?? 0) - prompt - toolUse - thoughts);
  const isInside = thoughts > 0 && thoughts <= told && total === prompt + toolUse + told;
  const answer = isInside ? told - thoughts : told;
  const imageOut = Math.min(countOf(parsed.data.candidatesTokensDetails, 'IMAGE'), answer);
  const audioOut = Math.min(countOf(parsed.data.candidatesTokensDetails, 'AUDIO'), answer - imageOut);
  return {
    inputUncached: prompt - cacheRead - audioIn + toolUse,
    ...(cacheRead > 0 && { cacheRead }),
    ...(audioIn > 0 && { audioIn }),
    outputText: answer - imageOut - audioOut,
    ...(thoughts > 0 && { outputReasoning: thoughts }),
    ...(imageOut > 0 && { imageOut }),
    ...(audioOut > 0 && { audioOut }),
  };
}

/** The same for embeddings, which have input only. */
export function fromGeminiEmbeddingsUsage(value: unknown): Usage | null {
  const prompt = geminiUsageWire.safeParse(value).data?.promptTokenCount;
  return typeof prompt === 'number' ? { inputUncached: prompt } : null;
}

function countOf(counts: ModalityCounts, modality: string): number {
  let sum = 0;
  for (const one of counts ?? []) {
    if (one.modality === modality) sum += one.tokenCount ?? 0;
  }
  return sum;
}
