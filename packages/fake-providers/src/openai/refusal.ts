/** What is wrong with a request, in the words of a dialect's error object. */
export interface RefusalTold {
  message: string;
  type?: string;
  param?: string | null;
  code?: string | null;
}

/** A request that is answered with an error; `toBody` of the vendor writes it. */
export class Refusal extends Error {
  readonly status: number;
  readonly told: RefusalTold;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, told: RefusalTold, headers: Readonly<Record<string, string>> = {}) {
    super(told.message);
    this.name = 'Refusal';
    this.status = status;
    this.told = told;
    this.headers = headers;
  }
}

/** OpenAI's error object. */
export function toOpenAiErrorBody({ status, told }: Refusal): object {
  const type = told.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  return { error: { message: told.message, type, param: told.param ?? null, code: told.code ?? null } };
}

/** A field that is wrong. */
export function invalid(param: string, message: string, code = 'invalid_value'): Refusal {
  return new Refusal(400, { message, param, code });
}
