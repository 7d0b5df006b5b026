/**
 * Names of OpenTelemetry's semantic conventions that spans have, in one place: the GenAI conventions are not stable.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ and /docs/specs/semconv/http/http-spans/, version 1.38.
 * No name of a prompt, an answer or a header is here, so no span holds one.
 */
export const conventions = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  errorType: 'error.type',
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  /** Ours: the id that the client knows as `x-request-id`. */
  requestId: 'aggregator.request.id',
  organization: 'aggregator.organization.id',
  attempt: 'aggregator.attempt',
  costNanoUsd: 'aggregator.cost_nano_usd',
  outcome: 'aggregator.outcome',
} as const;

/** Attributes by our names for them. Undefined: not known. */
export type TraceAttributes = Readonly<Partial<Record<keyof typeof conventions, string | number | undefined>>>;

/** Values of `gen_ai.operation.name` for our operations. */
const operations: Readonly<Record<string, string>> = {
  'chat.completions': 'chat',
  'images.generations': 'generate_content',
};

/** The name of a call of a model. */
export function toCallName(operation: string, model: string): string {
  return `${operations[operation] ?? operation} ${model}`;
}

/** Attributes by the names of the conventions. */
export function toConventions(attributes: TraceAttributes): Record<string, string | number> {
  const named: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    named[conventions[name as keyof typeof conventions]] = translate(name, value);
  }
  return named;
}

function translate(name: string, value: string | number): string | number {
  return name === 'operation' && typeof value === 'string' ? (operations[value] ?? value) : value;
}
