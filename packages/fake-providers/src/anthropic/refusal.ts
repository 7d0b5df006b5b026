const statusByType = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
} as const;
export type ErrorType = keyof typeof statusByType;

/** A request that is answered with an error in Anthropic's shape. */
export class Refusal extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ErrorType, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'Refusal';
    this.type = type;
    this.status = statusByType[type];
    this.headers = headers;
  }

  toBody(requestId: string): string {
    return JSON.stringify({ type: 'error', error: { type: this.type, message: this.message }, request_id: requestId });
  }
}

/** A request that is wrong at `path`, in the vendor's words: `messages.0.content: Field required`. */
export function invalid(path: string, message: string): Refusal {
  return new Refusal('invalid_request_error', `${path}: ${message}`);
}
