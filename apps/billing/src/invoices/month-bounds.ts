/** A month of the calendar in one time zone. `to` is the first instant of the next month. */
export interface Month {
  /** `2026-11` */
  readonly period: string;
  readonly from: Date;
  readonly to: Date;
}

/** Returns the month that holds an instant, by the clocks of a time zone. */
export function monthOf(instant: Date, timeZone: string): Month {
  const { year, month } = localParts(instant, timeZone);
  const period = `${year}-${String(month).padStart(2, '0')}`;
  return { period, from: firstInstant(year, month, timeZone), to: firstInstant(year, month + 1, timeZone) };
}

/** The day of an instant by the clocks of a time zone: `2026-11-05`. */
export function dayOf(instant: Date, timeZone: string): string {
  return new Date(shownAt(instant, timeZone)).toISOString().slice(0, 10);
}

/** The instant at which the first day of a month begins. An offset is found by what the clocks show, so summer time counts. */
function firstInstant(year: number, month: number, timeZone: string): Date {
  const wanted = Date.UTC(year, month - 1, 1);
  let guess = wanted;
  for (let step = 0; step < 3; step += 1) guess += wanted - shownAt(new Date(guess), timeZone);
  return new Date(guess);
}

/** What the clocks of the zone show, as if they were in UTC. */
function shownAt(instant: Date, timeZone: string): number {
  const { year, month, day, hour, minute, second } = localParts(instant, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function localParts(instant: Date, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    ...{ year: of('year'), month: of('month'), day: of('day') },
    ...{ hour: of('hour'), minute: of('minute'), second: of('second') },
  };
}
