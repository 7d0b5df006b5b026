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

/** A request as it was understood: OpenAI's own fields, and the model behind the vendor's name. */
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
  /** The answers of its models, in place of the built-in ones. Words of a prompt make no faults then. */
  readonly script?: FakeScript | undefined;
  /** Routes that need no key, without the prefix. */
  readonly openRoutes: readonly string[];
  /** Path that is read to check a key. */
  readonly probePath: string;
  readonly imagesPath: string | null;
  readonly models: readonly FakeModel[];
  /** @throws {Refusal} */
  checkHeaders(headers: IncomingHttpHeaders): void;
  /** Each throws a refusal of a request that the vendor would reject. */
  readChat(body: unknown): Understood<FakeChat>;
  readEmbeddings(body: unknown): Understood<FakeEmbeddings>;
  readImages(body: unknown): Understood<FakeImages>;
  /** Null if the vendor or the fake does not have the Responses API. */
  readonly readResponses: ((body: unknown) => Understood<FakeResponses>) | null;
  /** Fields of every answer and chunk beside `choices` and `usage`. */
  toHead(sequence: number, model: FakeModel): Readonly<Record<string, unknown>>;
  /** Returns fields of a message, or of the deltas, beside content and calls. */
  toThought(choice: FakeChoice, reasoning: string, isLast: boolean): Readonly<Record<string, unknown>>;
  toFinish(choice: FakeChoice): Readonly<Record<string, unknown>>;
  toUsage(usage: FakeUsage): object;
  /** Returns fields beside `created` in the answer with images; each image is base64. */
  toImages(images: readonly string[], usage: FakeUsage): object;
  /** The chunks of a stream that carry usage: each chunk, or a separate one if the request asks for it. */
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
