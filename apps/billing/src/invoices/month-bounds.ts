/** A month of the calendar in one time zone. `to` is the first instant of the next month. */
export interface Month {
  /** `2026-11` */
  readonly period: string;
  readonly from: Date;
  readonly to: Date;
}

/** Returns the month that holds an instant, by the clocks of a time zone. */
export function monthOf(instant: Date, timeZone: string): Month {
  const clock = clockOf(timeZone);
  const shown = new Date(clock(instant));
  const [year, month] = [shown.getUTCFullYear(), shown.getUTCMonth() + 1];
  const period = `${year}-${String(month).padStart(2, '0')}`;
  return { period, from: firstInstant(year, month, clock), to: firstInstant(year, month + 1, clock) };
}

/** The day of an instant by the clocks of a time zone: `2026-11-05`. */
export function dayOf(instant: Date, timeZone: string): string {
  return new Date(clockOf(timeZone)(instant)).toISOString().slice(0, 10);
}

/** Milliseconds since 1970 that the clocks of a zone show, as if they were in UTC; in whole seconds. */
export type Clock = (instant: Date) => number;

/** Returns the clock of a time zone. @throws RangeError if the zone is not known. */
export function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  };
}

/** The instant at which the first day of a month begins. An offset is found by what the clocks show, so summer time counts. */
function firstInstant(year: number, month: number, clock: Clock): Date {
  const wanted = Date.UTC(year, month - 1, 1);
  let guess = wanted;
  for (let step = 0; step < 3; step += 1) guess += wanted - clock(new Date(guess));
  return new Date(guess);
}
