import type { BudgetPeriod } from '@aggregator/contracts';

/**
 * One turn of a budget: `startsMs` is inside, `endsMs` is outside. Unix milliseconds; null without a beginning or an
 * end.
 */
export interface PeriodWindow {
  /** Names the turn, and no other turn of the same kind: `2026-11-30`, `week-2026-11-30`, `2026-11`, `total`. */
  readonly key: string;
  readonly startsMs: number | null;
  readonly endsMs: number | null;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const total: PeriodWindow = { key: 'total', startsMs: null, endsMs: null };
const formats = new Map<string, Intl.DateTimeFormat>();
const formatsMax = 1000;

/**
 * Returns the turn of a budget that an instant is in. A day begins at midnight of the time zone, or at the first
 * instant of its date if midnight is skipped there; a week begins on Monday.
 * @throws {RangeError} if the runtime does not know the time zone.
 */
export function windowAt(period: BudgetPeriod, timeZone: string, nowMs: number): PeriodWindow {
  if (period === 'total') return total;
  const today = dateAt(timeZone, nowMs);
  const first = firstDayOf(period, today);
  const next = nextFirstDay(period, first);
  const date = toText(first);
  const keys = { day: date, week: `week-${date}`, month: date.slice(0, 7) };
  return { key: keys[period], startsMs: beginningOf(timeZone, first), endsMs: beginningOf(timeZone, next) };
}

/** A calendar date is kept as its midnight in UTC. */
function firstDayOf(period: 'day' | 'week' | 'month', date: number): number {
  const parts = new Date(date);
  if (period === 'month') return Date.UTC(parts.getUTCFullYear(), parts.getUTCMonth(), 1);
  if (period === 'day') return date;
  const daysSinceMonday = (parts.getUTCDay() + 6) % 7;
  return date - daysSinceMonday * dayMs;
}

function nextFirstDay(period: 'day' | 'week' | 'month', first: number): number {
  if (period === 'day') return first + dayMs;
  if (period === 'week') return first + 7 * dayMs;
  const parts = new Date(first);
  return Date.UTC(parts.getUTCFullYear(), parts.getUTCMonth() + 1, 1);
}

/** The first instant of a date: no offset is beyond fourteen hours. */
function beginningOf(timeZone: string, date: number): number {
  let before = date - 15 * hourMs;
  let within = date + 15 * hourMs;
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (dateAt(timeZone, middle) >= date) within = middle;
    else before = middle;
  }
  return within;
}

function dateAt(timeZone: string, nowMs: number): number {
  const numbers = { year: 0, month: 0, day: 0 };
  for (const { type, value } of formatOf(timeZone).formatToParts(nowMs)) {
    if (type === 'year' || type === 'month' || type === 'day') numbers[type] = Number(value);
  }
  return Date.UTC(numbers.year, numbers.month - 1, numbers.day);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    ...numeric,
  });
  // Names of time zones come in any case: more than there are zones.
  if (formats.size >= formatsMax) formats.clear();
  formats.set(timeZone, format);
  return format;
}

function toText(date: number): string {
  return new Date(date).toISOString().slice(0, 10);
}
