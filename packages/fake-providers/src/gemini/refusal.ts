const codeByStatus = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;
export type RefusalStatus = keyof typeof codeByStatus;

const rpc = 'type.googleapis.com/google.rpc.';

/** A request that is answered with a `google.rpc.Status`. Source: https://google.aip.dev/193 (read 2026-11). */
export class Refusal extends Error {
  readonly code: number;
  readonly status: RefusalStatus;
  readonly details: readonly object[];

  constructor(status: RefusalStatus, message: string, details: readonly object[] = []) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = codeByStatus[status];
    this.details = details;
  }

  toBody(): object {
    const { code, message, status, details } = this;
    return { error: { code, message, status, ...(details.length > 0 && { details }) } };
  }
}

/** A request that is wrong at `field`, which is named in the vendor's own way: `generation_config.temperature`. */
export function invalid(field: string, description: string): Refusal {
  const violation = { '@type': `${rpc}BadRequest`, fieldViolations: [{ field, description }] };
  return new Refusal('INVALID_ARGUMENT', `* GenerateContentRequest.${field}: ${description}\n`, [violation]);
}

export function deadKey(): Refusal {
  const info = { '@type': `${rpc}ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' };
  return new Refusal('INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [info]);
}

export function exhausted(quotaId: string, retryDelay: string): Refusal {
  return new Refusal(
    'RESOURCE_EXHAUSTED',
    'You exceeded your current quota, please check your plan and billing details.',
    [
      { '@type': `${rpc}QuotaFailure`, violations: [{ quotaId, quotaValue: '10' }] },
      { '@type': `${rpc}RetryInfo`, retryDelay },
    ],
  );
}
