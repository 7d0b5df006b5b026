import { isExactNumber } from '@aggregator/contracts';

/** True if a parsed JSON value is an object. A number that keeps its text is not one. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}
