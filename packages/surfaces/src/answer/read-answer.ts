import { isRecord } from '@aggregator/contracts';
import { z } from 'zod';

type Body = Readonly<Record<string, unknown>>;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish();

const usageWire = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
  cost: z.number().nullish(),
  cost_nano_usd: z.string().nullish(),
});

/**
 * Tokens as chat completions report them: `cacheRead` and `cacheWrite` are inside `input`, `reasoning` inside `output`.
 */
export interface UsageRead {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  /** What we add to it, to be spread into any surface's usage. */
  readonly additions: { readonly cost?: number; readonly cost_nano_usd?: string };
}

/** Null if none was reported. */
export function readUsage(value: unknown): UsageRead | null {
  const parsed = usageWire.safeParse(value);
  if (!parsed.success) return null;
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details, cost, cost_nano_usd } =
    parsed.data;
  if (typeof prompt_tokens !== 'number' && typeof completion_tokens !== 'number') return null;
  const input = prompt_tokens ?? 0;
  const cacheRead = Math.min(prompt_tokens_details?.cached_tokens ?? 0, input);
  return {
    input,
    cacheRead,
    cacheWrite: Math.min(prompt_tokens_details?.cache_write_tokens ?? 0, input - cacheRead),
    output: completion_tokens ?? 0,
    reasoning: completion_tokens_details?.reasoning_tokens ?? 0,
    additions: {
      ...(typeof cost === 'number' && { cost }),
      ...(typeof cost_nano_usd === 'string' && { cost_nano_usd }),
    },
  };
}

const additionNames = ['cost', 'cost_nano_usd', 'provider', 'response_time_ms'] as const;

/** Our additions at the top of an answer, as far as it has them. */
export function readAdditions(answer: Body): Record<string, unknown> {
  const additions: Record<string, unknown> = {};
  for (const name of additionNames) if (answer[name] !== undefined) additions[name] = answer[name];
  return additions;
}

/** What surfaces with one answer read of a choice, plain or of a stream. */
export interface ChoiceRead {
  /** The message, or a chunk's delta. */
  readonly said: Body;
  readonly finishReason: string | null;
  /** The reason in Anthropic's words where chat completions have none; null otherwise. */
  readonly nativeReason: string | null;
  /** The caller's stop sequence that ended it, if the provider reports it. */
  readonly stopSequence: string | null;
  readonly logprobs: readonly unknown[];
}

/** The first choice of an answer or a chunk; null where there is none. */
export function readChoice({ choices }: Body): ChoiceRead | null {
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isRecord(first) || (first.index ?? 0) !== 0) return null;
  const said = isRecord(first.message) ? first.message : isRecord(first.delta) ? first.delta : {};
  return {
    said,
    finishReason: typeof first.finish_reason === 'string' ? first.finish_reason : null,
    nativeReason: typeof first.native_finish_reason === 'string' ? first.native_finish_reason : null,
    stopSequence: readStopSequence(first),
    logprobs: isRecord(first.logprobs) && Array.isArray(first.logprobs.content) ? first.logprobs.content : [],
  };
}

/**
 * Chat completions have no field for it. Servers of that dialect use `stop_reason` (vLLM) or `matched_stop` (SGLang).
 */
function readStopSequence(choice: Body): string | null {
  for (const value of [choice.stop_sequence, choice.stop_reason, choice.matched_stop]) {
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** Who answers, and when: the same in every chunk of a stream. */
export interface AnswerIdentity {
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly createdAt: number;
}

export function readIdentity(answer: Body, otherwise: AnswerIdentity): AnswerIdentity {
  const { id, model, created } = answer;
  return {
    id: typeof id === 'string' && id !== '' ? id : otherwise.id,
    model: typeof model === 'string' && model !== '' ? model : otherwise.model,
    createdAt: typeof created === 'number' && created > 0 ? created : otherwise.createdAt,
  };
}

/** An id of the surface made of the chat completion's, so that one is found by the other. */
export function toSurfaceId(prefix: string, chatId: string): string {
  return chatId.startsWith(prefix) ? chatId : prefix + chatId.replace(/^chatcmpl-/, '');
}
