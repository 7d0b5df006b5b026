import type {
  ChatCompletionRequest,
  ChatField,
  EmbeddingsField,
  EmbeddingsRequest,
  ErrorCode,
  ImagesField,
  ImagesRequest,
  Operation,
  ProviderType,
  ToolComponent,
  Usage,
  UsageComponent,
} from '@aggregator/contracts';
import type { VendorFacts } from './vendor-facts.ts';
import type { NameRules } from './vendor-names/name-rules.ts';

/**
 * One AI provider's dialect, as pure translation: no I/O, no clock, no state outside a stream translator. A request is
 * never mutated, since a retry or another candidate translates it again.
 */
export interface ProviderAdapter {
  readonly type: ProviderType;
  readonly facts: VendorFacts;
  readonly chat: ChatTranslation;
  /** By the surface whose dialect the provider speaks itself: requests of that surface can go out as they came. */
  readonly native: Partial<Readonly<Record<NativeSurface, NativeLane>>>;
  /** Null where the provider has none. */
  readonly embeddings: EmbeddingsTranslation | null;
  readonly images: ImagesTranslation | null;
  /** Exact tokens of a conversation before it is sent; null if the provider does not count. */
  readonly tokenCount: TokenCountLookup | null;

  /**
   * What an answer that is not a success means. Header names are lower-case; `body` is at most 64 KiB of it and may be
   * anything.
   */
  classifyError(status: number, headers: Readonly<Record<string, string>>, body: string): ProviderError;

  /** The counters that its usage can have, by operation. No other price of a model would ever be charged. */
  readonly counters: Readonly<Record<Operation, readonly UsageComponent[]>>;

  /**
   * What becomes of a call whose client has left; the option `disconnect` of a provider takes its place. `drain`: the answer is
   * read to its end for a bounded time, because only its end reports what was used. `abort`: the call is cancelled,
   * because the vendor keeps a record, or reports usage as it goes.
   */
  readonly disconnect: DisconnectPolicy;

  /** What it takes as names of tools and ids of calls; absent: anything. */
  readonly names?: NameRules;

  /** The provider's own waits; null for those of the installation. Absent if it has none. */
  readonly waits?: ProviderWaits;

  /** Where the provider keeps its own record of what an attempt used, if it has one: exact usage after an abort or a crash. */
  readonly usageRecord: UsageRecordLookup | null;

  /** A request that costs nothing and succeeds where the address and the credential are right. */
  probe(target: Omit<ProviderTarget, 'model'>): ProviderEndpoint;
}

/** Milliseconds. */
export interface ProviderWaits {
  /** Longest wait for the first life of an answer. */
  readonly firstLifeMs: number | null;
  /** Longest silence inside an answer. */
  readonly idleMs: number | null;
}

export const disconnectPolicies = ['drain', 'abort'] as const;
export type DisconnectPolicy = (typeof disconnectPolicies)[number];
/** The option of a provider that takes the place of its adapter's policy. */
export const disconnectOption = 'disconnect';

/** Returns what becomes of a call whose client has left. */
export function disconnectPolicyOf(
  adapter: Pick<ProviderAdapter, 'disconnect'>,
  options: Readonly<Record<string, string>>,
): DisconnectPolicy {
  return disconnectPolicies.find((policy) => policy === options[disconnectOption]) ?? adapter.disconnect;
}

/**
 * What becomes of a field: `mapped` goes out in the provider's own form, `dropped` is left out and named to the caller,
 * `refused` is an `unsupported_parameter` error, because an answer without it would not be what was asked for.
 */
export type FieldFate = 'mapped' | 'dropped' | 'refused';

export interface ChatTranslation {
  readonly fields: Readonly<Record<ChatField, FieldFate>>;
  /** The table of one request, if the provider has several APIs; absent if `fields` holds for all. */
  fieldsFor?(
    request: ChatCompletionRequest,
    target: Pick<ProviderTarget, 'model' | 'options'>,
  ): Readonly<Record<ChatField, FieldFate>>;
  /**
   * Always asks for usage, also on a stream whose client did not.
   * @throws {AppError} `unsupported_parameter`, `invalid_value`.
   */
  toRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest;
  /**
   * The body of a success.
   * @throws {ProviderFailure} if it is an error after all, or nothing that can be understood.
   */
  fromResponse(body: string): TranslatedAnswer;
  createStream(options: ChatStreamOptions): ChatStreamTranslator;
}

/** Surfaces whose dialect a provider may speak itself. */
export type NativeSurface = 'chat.completions' | 'messages' | 'responses';

/** A request as the client sent it. */
export interface NativeRequest {
  /** JSON text of an object that has no field twice. */
  readonly text: string;
  /** The same, parsed. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Headers of the client that may reach a provider, by lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The way of a request whose dialect the provider speaks: it goes out as it came, and its answer is only read. */
export interface NativeLane {
  /** True if this model of this provider takes requests of the dialect. */
  serves(target: Pick<ProviderTarget, 'model' | 'options'>): boolean;
  /**
   * Changes the model, the credential, what speaks to us, and what would change the price, and nothing else.
   * @param limit Tokens of the answer if the request has no bound; null if the provider bounds it.
   * @throws {AppError} `unsupported_parameter` for what may not go out.
   */
  toRequest(request: NativeRequest, target: ProviderTarget, limit: number | null): TranslatedRequest;
  /** Reads answers for what must be known of them: usage, errors, the end, texts. */
  readonly reader: Pick<ChatTranslation, 'fromResponse' | 'createStream'>;
}

export interface EmbeddingsTranslation {
  readonly fields: Readonly<Record<EmbeddingsField, FieldFate>>;
  /** Most inputs that one call takes; a longer batch goes out as several calls. */
  readonly inputsMax: number;
  /** @throws {AppError} `unsupported_parameter`, `invalid_value`. */
  toRequest(request: EmbeddingsRequest, target: ProviderTarget): TranslatedRequest;
  /**
   * OpenAI's list, one entry for each input in order, as floats or base64 as `request` asks.
   * @throws {ProviderFailure}
   */
  fromResponse(body: string, request: EmbeddingsRequest): TranslatedAnswer;
}

export interface ImagesTranslation {
  readonly fields: Readonly<Record<ImagesField, FieldFate>>;
  /** @throws {AppError} `unsupported_parameter`, `invalid_value`. */
  toRequest(request: ImagesRequest, target: ProviderTarget): TranslatedRequest;
  /**
   * OpenAI's `{created, data: [{b64_json | url}]}`; `created` is added by the caller if the provider reports none.
   * @throws {ProviderFailure}
   */
  fromResponse(body: string, request: ImagesRequest): TranslatedAnswer;
}

export interface TokenCountLookup {
  toRequest(request: ChatCompletionRequest, target: ProviderTarget): TranslatedRequest;
  /** @throws {ProviderFailure} */
  fromResponse(body: string): number;
}

export interface ProviderTarget {
  baseUrl: string;
  /** Null where the provider needs none. */
  credential: string | null;
  /** The provider's own name of the model. */
  model: string;
  /** Most tokens that the model generates; null if it generates none or the limit is unknown. */
  maxOutputTokens: number | null;
  /** `<requestId>/<attempt>`, sent so that the provider's log and ours can be joined. */
  attemptId: string;
  /** What of the provider's own tools the price of the model has a rate for. Absent: nothing. */
  pricedTools?: readonly ToolComponent[];
  /** Marks of the prompt cache for this request; absent if the provider's option decides. */
  cacheMarks?: 'auto' | 'none';
  /** What only this type of provider needs: `folder` for Yandex. */
  options: Readonly<Record<string, string>>;
}

export interface ProviderEndpoint {
  method: 'POST' | 'GET';
  url: string;
  headers: Readonly<Record<string, string>>;
}

export interface TranslatedRequest {
  endpoint: ProviderEndpoint;
  /** JSON. */
  readonly body: string;
  /** Writes `body` before it is first read, in the way of `write`; absent if it is written already. */
  writeBody?(write: (fields: unknown) => Promise<string>): Promise<void>;
  /**
   * Fields of the caller's request that this provider does not take, by name; listed in `x-aggregator-dropped-params`.
   */
  droppedParams: readonly string[];
  /** What the provider's own tools can use at most; the body says so. Absent: none of them is charged beside its tokens. */
  hostedTools?: HostedTools;
}

/** Bounds of the tools that a provider runs itself. */
export interface HostedTools {
  /** Calls. The model reads the prompt again after each, with what they found. */
  readonly callsMax: number;
  /** Units that are charged beside the tokens of the model. */
  readonly unitsMax: Readonly<Partial<Record<ToolComponent, number>>>;
}

export interface TranslatedAnswer {
  /** In the shape of the OpenAI surface, without our additions. */
  body: Record<string, unknown>;
  /** Null if the provider reported none. */
  usage: Usage | null;
  /** All figures of the provider, if they contradict each other: then `usage` is their smaller reading. Else absent or null. */
  reportedUsage?: Usage | null;
  /** True if the answer holds something that `body` does not carry. Absent for no. */
  hasUntranslated?: boolean;
  /** How many pictures the answer has; absent for other operations. */
  pictures?: number;
}

export interface ChatStreamOptions {
  /** Unix seconds, for `created` if the provider reports no time; 0 if not given. */
  createdAt?: number;
  /** The provider's name of the model, for `model` where the provider names none; empty if not given. */
  model?: string;
  /** True if the client asked for the usage chunk; otherwise it is read and withheld. */
  includeUsage: boolean;
  /** How many choices were asked for (`n`), 1 if not given: the answer is not whole before that many have ended. */
  choiceCount?: number;
}

/** Synchronous state machine of one stream: SSE event data in, SSE event data out. */
export interface ChatStreamTranslator {
  /**
   * Takes the `data` of one event and answers those to send, in order, each the JSON text of an OpenAI chunk. Where the
   * dialects match it is the very text that came in, on one line. `[DONE]` answers what `release` does. The chunk that ends the answer (last finish
   * reason, or the usage chunk if the client asked for it) is kept for `end`, because our additions go into it.
   * Text that is not a chunk is dropped and counted in `malformedEvents`. After an error event everything is dropped.
   */
  push(data: string): readonly string[];

  /**
   * Returns the finish reason that was held back behind late text, as the JSON texts of its chunks, once. Called before `end`,
   * since a provider may leave out `[DONE]`. Absent if the dialect holds nothing back.
   */
  release?(): readonly string[];

  /**
   * What was kept back, to be sent last after our additions were put into it; null if nothing was, which is so unless the
   * answer is whole. If the client asked for usage and the provider reported none, it is a usage chunk with
   * `usage: null`.
   */
  end(): Record<string, unknown> | null;

  /** Every choice has had its finish reason: the answer is whole. */
  readonly isComplete: boolean;
  /** The provider has said its last word (`[DONE]`, `message_stop`): nothing is worth waiting for. */
  readonly isEnded: boolean;
  /** Something for the client has come: text, reasoning or tool-call arguments. */
  readonly hasLife: boolean;
  readonly usage: Usage | null;
  /** What the provider has reported until now, before its final figures; absent or null if it reports at the end alone. */
  readonly usageSoFar?: Usage | null;
  /** As in `TranslatedAnswer`. */
  readonly reportedUsage?: Usage | null;
  /** UTF-16 units of text, reasoning and arguments so far, for an estimate when usage never comes. */
  readonly outputCharacters: number;
  readonly malformedEvents: number;
  /** True if something came that the chunks do not carry: another stream cannot continue the answer. Absent for no. */
  readonly hasUntranslated?: boolean;
  /** An error that the provider sent as an event, classified; the stream is over. */
  readonly error: ProviderError | null;
}

/** A provider's failure, judged once. */
export interface ProviderError {
  /** The sentence that the caller reads. */
  code: ErrorCode;
  /** The same request to the same candidate can succeed later. */
  isRetryable: boolean;
  /** Another candidate may be tried. */
  mayFailOver: boolean;
  retryAfterMs: number | null;
  /** The key is dead or has no money left: every request with it fails. Absent for no. */
  isKeyAtFault?: boolean;
  /** The body of the rejection did not end in time. Absent for no. */
  isHung?: boolean;
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
