import { chatCompletionRequest, embeddingsRequest, usage } from '@aggregator/contracts';
import { z } from 'zod';

/** The scenarios that every provider has a fixture for, or declares in `lacks.json` to lack, with the reason. */
export const chatScenarios = [
  'text',
  'roles',
  'tool-call',
  'parallel-tool-calls',
  'tool-result',
  'image',
  'structured-output',
  'reasoning',
  'cached-usage',
  'finish-length',
  'finish-content-filter',
  'several-choices',
  'refusal',
  'unknown-fields',
] as const;
export type ChatScenario = (typeof chatScenarios)[number];

export const errorScenarios = [
  'bad-request',
  'context-length',
  'content-policy',
  'unauthorized',
  'forbidden',
  'unknown-model',
  'unprocessable',
  'too-large',
  'rate-limit',
  'rate-limit-with-wait',
  'quota',
  'server-error',
  'overloaded',
  'html',
] as const;

const provenance = z.string().min(1);
const record = z.record(z.string(), z.unknown());

/** The provider's name of the model, where its body does not hold it as `model`. */
const upstreamModel = { upstreamModel: z.string().optional() };

/** One request with its plain answer and the same answer as a stream, one object for each event's `data`. */
const chatFixture = z.strictObject({
  provenance,
  request: chatCompletionRequest,
  /** What must go to the provider for a plain answer. */
  upstreamRequest: record,
  ...upstreamModel,
  answer: record,
  stream: z.array(record).min(1),
  /** What the caller must get, on either way; text over all choices in the order of their index. */
  expected: z.strictObject({
    text: z.string(),
    reasoning: z.string(),
    refusal: z.string(),
    toolCalls: z.array(z.strictObject({ name: z.string(), arguments: z.string() })),
    finishReasons: z.array(z.string()),
    usage,
  }),
});
export type ChatFixture = z.infer<typeof chatFixture>;

const expectedError = z
  .strictObject({
    code: z.string(),
    isRetryable: z.boolean(),
    mayFailOver: z.boolean(),
    retryAfterMs: z.number().nullable(),
    publicMessage: z.string().nullable(),
    param: z.string().nullable(),
  })
  .partial();

const errorCase = z.strictObject({
  status: z.number().int(),
  headers: z.record(z.string(), z.string()),
  /** A text is sent as it is, anything else as JSON. */
  body: z.unknown(),
  expected: expectedError,
});

const files = {
  errors: z.strictObject({ provenance, cases: z.partialRecord(z.enum(errorScenarios), errorCase) }),
  streamError: z.strictObject({
    provenance,
    events: z.array(record).min(1),
    expected: z.array(expectedError),
  }),
  unsupportedParameter: z.strictObject({
    provenance,
    request: chatCompletionRequest,
    upstreamRequest: record,
    ...upstreamModel,
    dropped: z.array(z.string()).min(1),
  }),
  embeddings: z.strictObject({
    provenance,
    request: embeddingsRequest,
    upstreamRequest: record,
    ...upstreamModel,
    dropped: z.array(z.string()),
    answer: record,
    /** What the caller must get; the provider's own answer where that is OpenAI's. */
    expected: record.optional(),
    usage,
  }),
  dialect: z.strictObject({
    /** What ends a stream, as the provider writes it; empty where the body just ends. */
    terminator: z.string(),
    /** Events that come before anything for the client does. */
    headEvents: z.number().int().min(0),
    /** A text in the event that completes an answer: an answer torn before it is none. */
    wholeMark: z.string().min(1),
  }),
  lacks: z.strictObject({
    provenance,
    scenarios: z.partialRecord(z.enum([...chatScenarios, ...errorScenarios]), z.string().min(1)),
  }),
};

export interface ProviderFixtures {
  chat: Partial<Record<ChatScenario, ChatFixture>>;
  errors: z.infer<typeof files.errors>;
  streamError: z.infer<typeof files.streamError>;
  unsupportedParameter: z.infer<typeof files.unsupportedParameter>;
  /** Null where the provider has none. */
  embeddings: z.infer<typeof files.embeddings> | null;
  dialect: z.infer<typeof files.dialect>;
  lacks: z.infer<typeof files.lacks>;
}

const openAiDialect = { terminator: 'data: [DONE]\n\n', headEvents: 1, wholeMark: '"finish_reason":"stop"' };

/** The files of a provider's `__fixtures__`, by name with `.json`, checked. */
export function parseFixtures(texts: Readonly<Record<string, string>>): ProviderFixtures {
  const read = (name: string): unknown => JSON.parse(texts[`${name}.json`] ?? 'null');
  const chat: ProviderFixtures['chat'] = {};
  for (const scenario of chatScenarios) {
    if (texts[`${scenario}.json`] !== undefined) chat[scenario] = chatFixture.parse(read(scenario));
  }
  return {
    chat,
    errors: files.errors.parse(read('errors')),
    streamError: files.streamError.parse(read('stream-error')),
    unsupportedParameter: files.unsupportedParameter.parse(read('unsupported-parameter')),
    embeddings: texts['embeddings.json'] === undefined ? null : files.embeddings.parse(read('embeddings')),
    dialect: files.dialect.parse(texts['dialect.json'] === undefined ? openAiDialect : read('dialect')),
    lacks: files.lacks.parse(read('lacks')),
  };
}
