import type { AppError, ChatCompletionRequest, Steps } from '@aggregator/contracts';
import type { NativeAnswers, NativeTrace } from './native-answers.ts';

/**
 * One way in: a vendor's API as its SDKs speak it, translated to and from chat completions, which is what everything behind
 * it speaks. Pure: no I/O, no clock. Every surface can be served by every provider.
 */
export interface ChatSurface {
  readonly name: ChatSurfaceName;

  /**
   * A parsed JSON body as a chat completion request. What only a translation cannot carry is in `refusal`, not thrown.
   * @throws {AppError} `invalid_value` for a frame that cannot be read; `param` as the caller wrote it.
   */
  toChat(body: unknown): SurfaceRequest;

  /** The same in steps, for a large body; absent if it never takes long. */
  toChatSteps?(body: unknown): Steps<SurfaceRequest>;

  /** A whole answer, with our additions already in it, in the surface's shape; the additions go over, too. */
  fromAnswer(answer: Readonly<Record<string, unknown>>, request: SurfaceRequest): Record<string, unknown>;

  createStream(request: SurfaceRequest, head: AnswerHead): SurfaceStream;

  /** The body of an error that is sent with a status. */
  toErrorBody(error: AppError, requestId: string): unknown;

  /** Its answers as a provider of the same dialect gives them; absent if there is no such provider. */
  readonly native?: NativeAnswers;

  /** This surface's names of chat's fields, if they differ. A provider's sentence about a field is sent with them. */
  readonly fieldNames?: Readonly<Record<string, string>>;

  /** What callers refer to by its id instead of saying it again; absent where the surface has no such thing. */
  readonly references?: ItemReferences;
}

type Said = Readonly<Record<string, unknown>>;

/** Parts of earlier answers, known by their ids. Works on unchecked bodies. */
export interface ItemReferences {
  /** Ids that a body refers to. */
  list(body: unknown): readonly string[];
  /** The body with those items in it that are known. */
  resolve(body: unknown, items: ReadonlyMap<string, unknown>): unknown;
  /** True if the answer to this body, and its items, may be referred to later. */
  wants(body: unknown): boolean;
  /** Fields that an answer to this body repeats although they are not sent. */
  repeated(body: unknown, asked: Pick<SurfaceRequest, 'answerId' | 'isKept'>): Said;
  /** True if the answer is made after the request that asks for it is over. */
  isBackground(body: unknown): boolean;
  /** An answer of which nothing has been said. */
  toUnfinished(request: SurfaceRequest, head: AnswerHead, status: 'queued' | 'in_progress'): Said;
  /** Id of the answer that a body continues; null if it continues none. */
  previous(body: unknown): string | null;
  /** Id of the conversation that a body continues; null if it continues none. */
  conversation(body: unknown): string | null;
  /** All that was said up to an answer, and with it. */
  toHistory(earlier: { readonly input: readonly unknown[]; readonly response: Said }): readonly unknown[];
  /** The body with earlier items before its own input. */
  follow(body: unknown, earlier: readonly unknown[]): unknown;
  /** All that a body says as items, each with an id, which is made of `answerId` if the caller gave none. */
  listInput(body: unknown, answerId: string): readonly unknown[];
}

export type ChatSurfaceName = 'chat.completions' | 'completions' | 'responses' | 'messages';

export interface SurfaceRequest {
  /** For a streamed surface whose own stream reports usage, it asks for the usage chunk. */
  readonly chat: ChatCompletionRequest;
  /** True if the conversation holds thoughts that were sealed here for another provider: no server can read them as they are. */
  readonly hasSealedThoughts?: boolean;
  /** Fields of the surface that chat completions cannot carry, by name. */
  readonly droppedParams: readonly string[];
  /**
   * Why a provider of another dialect cannot be asked: `unsupported_parameter` or `invalid_value`, the first fault. Null if it
   * can. A provider that speaks the surface's own dialect judges the body itself; then `chat` has all but that part.
   */
  readonly refusal: AppError | null;
  /** What `fromAnswer` and `createStream` of the same surface need to know of the original; opaque to everybody else. */
  readonly original: unknown;
  /**
   * Id of the answer, which its items are named by: unguessable, because a client refers to items by their ids. Absent: the id
   * of the provider's answer, which may be the same in every answer; then no item may be referred to.
   */
  readonly answerId?: string;
  /** True if the answer is stored, to be referred to. Absent for no. */
  readonly isKept?: boolean;
  /** Fields that an answer of the same dialect repeats of the request, where something else was sent. Absent for none. */
  readonly repeated?: Said;
}

/** What a stream's ids and times are made of. */
export interface AnswerHead {
  readonly requestId: string;
  /** Unix seconds. */
  readonly createdAt: number;
}

/** Chat completion chunks in, text of server-sent events out. Synchronous. */
export interface SurfaceStream {
  /**
   * One chunk as JSON text → whole events, ready to be written; empty where the chunk says nothing on this surface.
   * @throws {AppError} `upstream_invalid_response` where an answer is longer than a surface that must keep it can hold
   */
  push(chunk: string): string;
  /** The last chunk with our additions in it, or null where nothing was kept back → the rest of the stream and its terminator. */
  end(last: Readonly<Record<string, unknown>> | null): string;
  /** The one error event of a stream that cannot continue; nothing comes after it. */
  fail(error: AppError): string;
  /** Continues under the names of a stream that the client has had as its provider wrote it. Absent if there are none. */
  follow?(trace: NativeTrace): void;
  /** After its end: what can be referred to later, each with its `id`. */
  readonly items?: readonly Readonly<Record<string, unknown>>[];
  /** After its end: the whole answer in the surface's shape, if it can be referred to. */
  readonly answer?: Readonly<Record<string, unknown>> | null;
}
