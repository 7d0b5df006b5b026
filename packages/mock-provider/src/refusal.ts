/** A request that is answered with an error in OpenAI's shape. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: { message: string; type?: string; param?: string; code?: string },
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(error.message);
    this.name = 'Refusal';
    this.status = status;
    const { message, type = 'invalid_request_error', param = null, code = null } = error;
    this.body = JSON.stringify({ error: { message, type, param, code } });
    this.headers = headers;
  }
}
