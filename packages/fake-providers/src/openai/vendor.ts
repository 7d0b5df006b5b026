import type { IncomingHttpHeaders } from 'node:http';
import type { FakeScript } from '../script.ts';
import type { FakeChoice } from './compose-answer.ts';
import type { FakeModel } from './models.ts';
import type { Refusal } from './refusal.ts';
import type { FakeResponses } from './responses/wire.ts';
import type { FakeChat, FakeEmbeddings, FakeImages } from './wire.ts';

export interface FakeUsage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  reasoningTokens: number;
}

/** A request as it was understood: OpenAI's own fields, and the model that the vendor's name of it stands for. */
export interface Understood<T> {
  readonly request: T;
  readonly model: FakeModel;
}

/** A vendor of the dialect: what it takes, and what its answers look like. */
export interface FakeVendor {
  /** In front of every route: `/v1`. */
  readonly prefix: string;
  /** The only key that is taken. */
  readonly credential: string;
  /** What its models say instead of what they say by themselves. Words of a prompt make no faults then. */
  readonly script?: FakeScript | undefined;
  /** Routes that need no key, without the prefix. */
  readonly openRoutes: readonly string[];
  /** What is read to see whether a key is right. */
  readonly probePath: string;
  readonly imagesPath: string | null;
  readonly models: readonly FakeModel[];
  /** @throws {Refusal} */
  checkHeaders(headers: IncomingHttpHeaders): void;
  /** Each throws a refusal of whatever the vendor would not take. */
  readChat(body: unknown): Understood<FakeChat>;
  readEmbeddings(body: unknown): Understood<FakeEmbeddings>;
  readImages(body: unknown): Understood<FakeImages>;
  /** Null where the vendor has not the Responses API, or the fake has not. */
  readonly readResponses: ((body: unknown) => Understood<FakeResponses>) | null;
  /** Fields of every answer and chunk beside `choices` and `usage`. */
  toHead(sequence: number, model: FakeModel): Readonly<Record<string, unknown>>;
  /** What stands in a message, or in the deltas, beside content and calls. */
  toThought(choice: FakeChoice, reasoning: string, isLast: boolean): Readonly<Record<string, unknown>>;
  toFinish(choice: FakeChoice): Readonly<Record<string, unknown>>;
  toUsage(usage: FakeUsage): object;
  /** What stands beside `created` in the answer with images; each is base64. */
  toImages(images: readonly string[], usage: FakeUsage): object;
  /** Whether a stream tells usage on each chunk, or in one of its own if asked. */
  readonly usageInStream: 'always' | 'every-chunk' | 'if-asked';
  /** A line of a stream that is a comment, before its events; empty if there is none. */
  readonly comment: string;
  toStatus(refusal: Refusal): number;
  toErrorBody(refusal: Refusal): object;
  /** An error in the middle of a stream. */
  toErrorEvent(head: Readonly<Record<string, unknown>>): object;
}

/** OpenAI's usage object. */
export function toOpenAiUsage({ promptTokens, cachedTokens, completionTokens, reasoningTokens }: FakeUsage) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
