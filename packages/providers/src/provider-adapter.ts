import type {
  ChatCompletionRequest,
  EmbeddingsRequest,
  ErrorCode,
  Operation,
  ProviderType,
  Usage,
} from '@aggregator/contracts';

/**
 * One AI provider's dialect, as pure translation: no I/O, no clock, no state outside a stream translator. A request is
 * never mutated, since a retry or another candidate translates it again.
 */
export interface ProviderAdapter {
  readonly type: ProviderType;
  readonly operations: readonly Operation[];

  /** Where an operation goes, and the headers that carry the credential and our id of the attempt. */
  endpoint(target: ProviderTarget, operation: Operation): ProviderEndpoint;

  /** Always asks for usage, also on a stream whose client did not. */
  toChatRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest;
  /**
   * The body of a success.
   * @throws {ProviderFailure} if it is an error after all, or nothing that can be understood.
   */
  fromChatResponse(body: string): TranslatedAnswer;
  createChatStream(options: ChatStreamOptions): ChatStreamTranslator;

  toEmbeddingsRequest(request: EmbeddingsRequest, target: ProviderTarget): TranslatedRequest;
  /** @throws {ProviderFailure} as `fromChatResponse`. */
  fromEmbeddingsResponse(body: string): TranslatedAnswer;

  /**
   * What an answer that is not a success means. Header names are lower-case; `body` is at most 64 KiB of it and may be
   * anything.
   */
  classifyError(status: number, headers: Readonly<Record<string, string>>, body: string): ProviderError;

  /** Where the provider keeps its own record of what an attempt used, if it has one: exact usage after an abort or a crash. */
  readonly usageRecord: UsageRecordLookup | null;
}

export interface ProviderTarget {
  baseUrl: string;
  /** Null where the provider needs none. */
  credential: string | null;
  /** The provider's own name of the model. */
  model: string;
  /** `<requestId>/<attempt>`, sent so that the provider's log and ours can be joined. */
  attemptId: string;
}

export interface ProviderEndpoint {
  method: 'POST' | 'GET';
  url: string;
  headers: Readonly<Record<string, string>>;
}

export interface TranslatedRequest {
  /** JSON. */
  body: string;
  /** Fields of the caller's request that this provider does not take, by name; told in `x-aggregator-dropped-params`. */
  droppedParams: readonly string[];
}

export interface TranslatedAnswer {
  /** In the shape of the OpenAI surface, without our additions. */
  body: Record<string, unknown>;
  /** Null where the provider told none. */
  usage: Usage | null;
}

export interface ChatStreamOptions {
  /** Whether the client asked for the usage chunk; otherwise it is read and withheld. */
  includeUsage: boolean;
  /** How many choices were asked for (`n`), 1 if not given: the answer is not whole before that many have ended. */
  choiceCount?: number;
}

/** Synchronous state machine of one stream: SSE event data in, SSE event data out. */
export interface ChatStreamTranslator {
  /**
   * Takes the `data` of one event and answers those to send, in order, each the JSON text of an OpenAI chunk. Where the
   * dialects match it is the very text that came in. `[DONE]` answers nothing. The chunk that ends the answer (last finish
   * reason, or the usage chunk if the client asked for it) is kept for `end`, because our additions go into it.
   * Text that is not a chunk is dropped and counted in `malformedEvents`. After an error event everything is dropped.
   */
  push(data: string): readonly string[];

  /**
   * What was kept back, to be sent last after our additions were put into it; null if nothing was, which is so unless the
   * answer is whole. Where the client asked for usage and the provider told none, it is a usage chunk with `usage: null`.
   */
  end(): Record<string, unknown> | null;

  /** Every choice has had its finish reason: the answer is whole. */
  readonly isComplete: boolean;
  /** Something for the client has come: text, reasoning or tool-call arguments. */
  readonly hasLife: boolean;
  readonly usage: Usage | null;
  /** UTF-16 units of text, reasoning and arguments so far, for an estimate when usage never comes. */
  readonly outputCharacters: number;
  readonly malformedEvents: number;
  /** An error that the provider sent as an event, classified; the stream is over. */
  readonly error: ProviderError | null;
}

/** A provider's failure, judged once. */
export interface ProviderError {
  /** What the caller is told. */
  code: ErrorCode;
  /** The same request to the same candidate can succeed later. */
  isRetryable: boolean;
  /** Another candidate may be tried. */
  mayFailOver: boolean;
  retryAfterMs: number | null;
  /** For our logs: the provider's status, code and message, cut to 500 characters. */
  internal: string;
  /** Shown to the caller where it explains the caller's own mistake; null otherwise. */
  publicMessage: string | null;
  /** The field at fault where the provider named one. */
  param: string | null;
}

export interface UsageRecordLookup {
  endpoint(target: ProviderTarget): ProviderEndpoint;
  /**
   * `found`: what the attempt used. `absent`: proof that the provider never saw the attempt. `unsettled`: the provider is
   * still at it; ask again.
   */
  parse(status: number, body: string): UsageRecordAnswer;
}

export type UsageRecordAnswer = { result: 'found'; usage: Usage } | { result: 'absent' } | { result: 'unsettled' };
