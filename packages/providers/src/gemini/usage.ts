import type { Usage } from '@aggregator/contracts';
import type { z } from 'zod';
import { judgeTotals, type TokenTotals } from '../usage/judge-totals.ts';
import type { UsageReading } from '../usage/usage-reading.ts';
import { geminiUsageWire, type ModalityCounts } from './wire.ts';

/**
 * Reads Gemini's usage as disjoint counters. Cached tokens are inside `promptTokenCount`; thoughts are beside
 * `candidatesTokenCount`, and what tools of the provider read is beside the prompt. The total decides: it may show that
 * the thoughts were inside, or have thoughts that no counter has. If it fits no reading, or a part is larger than its
 * whole, the smaller reading counts and `reportedUsage` has all figures.
 *
 * Audio of the prompt has a separate rate, images have that of text and are counted as such; images and audio of the
 * answer are counted apart. A part that is 0 is left out, so that a model which never uses it needs no rate for it.
 *
 * Null if the totals are absent or no counts: unknown, not zero.
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata (read 2026-11).
 */
export function readGeminiUsage(value: unknown): UsageReading | null {
  const parsed = geminiUsageWire.safeParse(value);
  if (!parsed.success) return null;
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, totalTokenCount } = parsed.data;
  if (typeof promptTokenCount !== 'number') return null;

  const toolUse = parsed.data.toolUsePromptTokenCount ?? 0;
  const thoughts = thoughtsTokenCount ?? 0;
  const prompt = promptTokenCount + toolUse;
  const answer = candidatesTokenCount ?? Math.max(0, (totalTokenCount ?? 0) - prompt - thoughts);
  // Some totals leave out what tools read.
  const isWithoutTools = totalTokenCount === promptTokenCount + answer + thoughts;
  const total = isWithoutTools ? prompt + answer + thoughts : totalTokenCount || null;
  const hidden = thoughts === 0 && total !== null ? Math.max(0, total - prompt - answer) : 0;
  const readings: [TokenTotals, ...TokenTotals[]] = [
    { prompt, completion: answer + thoughts },
    { prompt, completion: answer + hidden },
    ...(thoughts <= answer ? [{ prompt, completion: answer }] : []),
  ];
  const judged = judgeTotals(readings, total);
  const cached = parsed.data.cachedContentTokenCount ?? 0;
  const isConsistent = judged.isConsistent && cached <= promptTokenCount;
  const parts = { cached, thoughts: thoughts + hidden, data: parsed.data };
  return {
    usage: toUsage(judged.prompt, judged.completion, parts),
    reportedUsage: isConsistent ? null : toUsage(Math.max(prompt, cached + toolUse), answer + thoughts, parts),
  };
}

function toUsage(
  prompt: number,
  completion: number,
  { cached, thoughts, data }: { cached: number; thoughts: number; data: z.infer<typeof geminiUsageWire> },
): Usage {
  const toolUse = Math.min(data.toolUsePromptTokenCount ?? 0, prompt);
  const cacheRead = Math.min(cached, prompt - toolUse);
  const audioCached = Math.min(countOf(data.cacheTokensDetails, 'AUDIO'), cacheRead);
  const audioAll = countOf(data.promptTokensDetails, 'AUDIO');
  const audioIn = Math.min(Math.max(0, audioAll - audioCached), prompt - toolUse - cacheRead);
  const reasoning = Math.min(thoughts, completion);
  const answer = completion - reasoning;
  const imageOut = Math.min(countOf(data.candidatesTokensDetails, 'IMAGE'), answer);
  const audioOut = Math.min(countOf(data.candidatesTokensDetails, 'AUDIO'), answer - imageOut);
  return {
    inputUncached: prompt - cacheRead - audioIn,
    ...(cacheRead > 0 && { cacheRead }),
    ...(audioIn > 0 && { audioIn }),
    outputText: answer - imageOut - audioOut,
    ...(reasoning > 0 && { outputReasoning: reasoning }),
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
