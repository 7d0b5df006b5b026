export const formatTime = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

/** To the second: for what happens often. */
export const formatExactTime = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));

export const formatDay = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(iso));

/** As `formatDay`, of a day in UTC: the statistics have no other. */
export const formatUtcDay = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(iso));

export const formatUtcTime = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso));

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The end of the hour that holds `now`: ranges of the statistics are whole hours, UTC. */
export const endOfHour = (now: number): number => Math.ceil((now + 1) / hourMs) * hourMs;
