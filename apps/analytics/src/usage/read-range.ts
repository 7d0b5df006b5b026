import { AppError, type DashboardQuery } from '@aggregator/contracts';

/** A half-open range of whole hours, the finest unit of the rollups. */
export interface UsageRange {
  from: Date;
  to: Date;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const rangeMaxMs = 366 * dayMs;
const defaultRangeMs = 30 * dayMs;
const minutesMaxMs = dayMs;
const earliestMs = Date.UTC(2000, 0, 1);
const latestMs = Date.UTC(3000, 0, 1);

/**
 * The range that is asked for, widened to whole hours. Without an end it reaches to the end of this hour, without a start
 * over the 30 days before its end. Throws `invalid_value` with the parameter at fault.
 */
export function readRange(query: Pick<DashboardQuery, 'from' | 'to' | 'groupBy'>, nowMs: number): UsageRange {
  const toMs = query.to === undefined ? endOfHour(nowMs) : endOfHour(Date.parse(query.to) - 1);
  const fromMs = query.from === undefined ? toMs - defaultRangeMs : startOfHour(Date.parse(query.from));
  for (const [param, ms] of [
    ['to', toMs],
    ['from', fromMs],
  ] as const) {
    if (!(ms >= earliestMs && ms <= latestMs)) throw refuse(param, 'must lie between the years 2000 and 3000');
  }
  if (fromMs >= toMs) throw refuse(query.to === undefined ? 'from' : 'to', 'the range must end after it begins');
  if (toMs - fromMs > rangeMaxMs) throw refuse('from', 'the range must not be longer than 366 days');
  if (query.groupBy === 'minute' && toMs - fromMs > minutesMaxMs) {
    throw refuse('from', 'minutes are shown for at most 24 hours');
  }
  return { from: new Date(fromMs), to: new Date(toMs) };
}

/** The last 24 hours, up to the end of this one. */
export function lastDay(nowMs: number): UsageRange {
  const toMs = endOfHour(nowMs);
  return { from: new Date(toMs - dayMs), to: new Date(toMs) };
}

const startOfHour = (ms: number) => Math.floor(ms / hourMs) * hourMs;
const endOfHour = (ms: number) => startOfHour(ms) + hourMs;

function refuse(param: string, reason: string): AppError {
  return new AppError('invalid_value', { param, message: `Invalid value for '${param}': ${reason}.` });
}
