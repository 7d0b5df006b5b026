import { AppError } from '@aggregator/contracts';

/** The error for a value that the caller can mend. `param` as the caller wrote it; `message` says how. */
export function invalidValue(param: string, message: string): AppError {
  return new AppError('invalid_value', { param, message });
}
