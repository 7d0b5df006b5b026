import type { Range, UsageOnly } from '../../api/usage.ts';
import { type RequestFilter, toFilter } from '../requests/request-filter.ts';

/** Returns the filter of requests that says what usage is narrowed to. Requests have no filter for tags. */
export function toRequestFilter(only: UsageOnly, { fromMs, toMs }: Range): RequestFilter {
  return toFilter({ ...only, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() });
}
