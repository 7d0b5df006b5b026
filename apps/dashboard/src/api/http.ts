/** An answer that is no success, with what the problem says of it. */
export class ApiError extends Error {
  readonly status: number;
  /** Of the catalogue of errors; `network` if there was no answer. */
  readonly code: string;
  readonly requestId: string | null;

  constructor(status: number, code: string, message: string, requestId: string | null) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SendOptions {
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  query?: Query;
  signal?: AbortSignal;
}

export function toUrl(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

/**
 * Sends one request and returns the answer.
 * @throws {ApiError} for every answer that is no success, and for none
 */
export async function open(
  method: string,
  path: string,
  { body, headers, query, signal }: SendOptions,
): Promise<Response> {
  const init: RequestInit = {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
    credentials: 'same-origin',
  };
  const answer = await fetch(toUrl(path, query), init).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(0, 'network', '', null);
  });
  if (!answer.ok) throw await toError(answer);
  return answer;
}

/** As `open`; returns the JSON of the answer. */
export async function send<Answer>(method: string, path: string, options: SendOptions): Promise<Answer> {
  const answer = await open(method, path, options);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

interface Problem {
  code?: string;
  detail?: string;
  title?: string;
  error?: { code?: string; message?: string };
}

async function toError(answer: Response): Promise<ApiError> {
  const problem: Problem = await answer.json().catch(() => ({}));
  const code = problem.code ?? problem.error?.code ?? 'unknown';
  const message = problem.detail ?? problem.error?.message ?? problem.title ?? '';
  return new ApiError(answer.status, code, message, answer.headers.get('x-request-id'));
}
