import { z } from 'zod';

/**
 * What we read of Gemini's answers, and no more. Parts of an answer and pieces of a stream are checked by hand in
 * `read-parts.ts` and `stream.ts`, since a schema for each would cost more than the rest of the relay.
 * Source: https://ai.google.dev/api/generate-content (read 2026-11, as typed by `@google/genai` 3.1).
 */
const text = z.string().nullish().catch(null);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish();
/** A detail of another form counts as absent, so that it does not cost the totals beside it. */
const detail = count.catch(null);
const modalities = z
  .array(z.object({ modality: text, tokenCount: detail }))
  .nullish()
  .catch(null);

/** Zeros are left out, as JSON of protocol buffers does. */
export const geminiUsageWire = z.object({
  promptTokenCount: count,
  cachedContentTokenCount: detail,
  candidatesTokenCount: count,
  thoughtsTokenCount: detail,
  toolUsePromptTokenCount: detail,
  totalTokenCount: detail,
  promptTokensDetails: modalities,
  cacheTokensDetails: modalities,
  candidatesTokensDetails: modalities,
});
export type ModalityCounts = z.infer<typeof modalities>;

export const promptFeedbackWire = z.object({ blockReason: text, blockReasonMessage: text }).nullish().catch(null);

const candidate = z.object({
  index: z.number().int().min(0).nullish(),
  content: z.object({ parts: z.array(z.unknown()).nullish() }).nullish(),
  finishReason: text,
  finishMessage: text,
  logprobsResult: z.unknown().optional(),
});
export type GeminiCandidate = z.infer<typeof candidate>;

export const geminiAnswerWire = z.object({
  responseId: text,
  modelVersion: text,
  candidates: z.array(candidate).nullish(),
  promptFeedback: promptFeedbackWire,
  usageMetadata: z.unknown().optional(),
});

const logprob = z.object({ token: z.string(), logProbability: z.number() });

export const logprobsWire = z.object({
  chosenCandidates: z.array(logprob),
  topCandidates: z.array(z.object({ candidates: z.array(logprob).nullish() })).nullish(),
});

export const tokenCountWire = z.object({ totalTokens: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) });

export const embeddingsWire = z.object({
  embeddings: z.array(z.object({ values: z.array(z.number()).min(1) })),
  usageMetadata: z.unknown().optional(),
});

/** `google.rpc.Status`; a field of another type counts as absent. Source: https://google.aip.dev/193 (read 2026-11). */
export const geminiErrorWire = z.object({
  code: z.number().int().nullish().catch(null),
  message: text,
  status: text,
  details: z
    .array(
      z.object({
        reason: text,
        /** Of `RetryInfo`: seconds with an `s` behind. */
        retryDelay: text,
        /** Of `BadRequest`. */
        fieldViolations: z
          .array(z.object({ field: text }))
          .nullish()
          .catch(null),
        /** Of `QuotaFailure`. */
        violations: z
          .array(z.object({ quotaId: text }))
          .nullish()
          .catch(null),
      }),
    )
    .nullish()
    .catch(null),
});
export type GeminiErrorWire = z.infer<typeof geminiErrorWire>;
