/** The problem of a request, in the words of a dialect's error object. */
export interface Problem {
  message: string;
  type?: string;
  param?: string | null;
  code?: string | null;
}

/** A request that is answered with an error; `toBody` of the vendor writes it. */
export class Refusal extends Error {
  readonly status: number;
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.message);
    this.name = 'Refusal';
    this.status = status;
    this.problem = problem;
    this.headers = headers;
  }
}

/** OpenAI's error object. */
export function toOpenAiErrorBody({ status, problem }: Refusal): object {
  const type = problem.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { error: { message: problem.message, type, param: problem.param ?? null, code: problem.code ?? null } };
}

/** A field that is wrong. */
export function invalid(param: string, message: string, code = 'invalid_value'): Refusal {
  return new Refusal(400, { message, param, code });
}
