import { type CatalogueEntry, type ErrorCode, errorCatalogue } from './catalogue.ts';

export interface AppErrorOptions {
  /** For our logs only; never sent to a caller. */
  internal?: string;
  /** The field of the request at fault, as `messages[0].role`; sent to the caller. */
  param?: string;
  /** Replaces the catalogue's sentence where the caller needs more; must reveal nothing of the inside. */
  message?: string;
  /** Becomes `Retry-After`, rounded up to seconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** The one error that crosses layers: a code of the catalogue, with what only our logs may know kept apart. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly internal: string | undefined;
  readonly param: string | undefined;
  readonly publicMessage: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(`${code}${options.internal ? `: ${options.internal}` : ''}`, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.internal = options.internal;
    this.param = options.param;
    this.publicMessage = options.message ?? errorCatalogue[code].message;
    this.retryAfterMs = options.retryAfterMs;
  }

  get entry(): CatalogueEntry {
    return errorCatalogue[this.code];
  }
}

/** Any thrown value as an AppError; what is not one becomes `internal_error` with the cause kept for the logs. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal_error', {
    internal: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}
