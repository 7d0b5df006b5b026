type Headers = Readonly<Record<string, string>>;

const dayMs = 86_400_000;
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
/** Seconds since 1970 are above this, and waits in seconds below; milliseconds since 1970 are above its thousandfold. */
const epochSecondsMin = 1_000_000_000;

/**
 * Windows of a limit: the header that says how much is left, and the one that says when it is full again. OpenAI, Groq and
 * their like name a duration (`6m0s`), Anthropic a date, OpenRouter a time since 1970.
 * Sources, read 2026-11: https://platform.openai.com/docs/guides/rate-limits, https://console.groq.com/docs/rate-limits,
 * https://docs.anthropic.com/en/api/rate-limits, https://openrouter.ai/docs/api/reference/limits.
 */
const windows: readonly (readonly [remaining: string, reset: string])[] = [
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['x-ratelimit-remaining', 'x-ratelimit-reset'],
  ['ratelimit-remaining', 'ratelimit-reset'],
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
    (name) => [`anthropic-ratelimit-${name}-remaining`, `anthropic-ratelimit-${name}-reset`] as const,
  ),
];

/**
 * Returns how long the provider asks to be left alone: milliseconds from 0 to a day, or null if it does not say. `retry-after`
 * is a number of seconds or a date; a date is compared with the provider's own `date`, so that a wrong clock changes nothing.
 * A 429 without it is read from the windows of its limits: the longest of those that are used up, or else the shortest of
 * those that say no more than when they are full again.
 * Source: RFC 9110 §10.2.3.
 *
 * @param nowMs Unix milliseconds, for an answer without `date`.
 */
export function readRetryAfterMs(headers: Headers, status: number, nowMs = Date.now()): number | null {
  const clockMs = parseHttpDate(headers.date) ?? nowMs;
  const askedMs =
    readDecimal(headers['retry-after-ms']) ??
    multiply(readDecimal(headers['retry-after']), 1000) ??
    until(parseHttpDate(headers['retry-after']), clockMs);
  const waitMs = askedMs ?? (status === 429 ? readWindowsMs(headers, clockMs) : null);
  return waitMs === null ? null : Math.min(Math.ceil(waitMs), dayMs);
}

function readWindowsMs(headers: Headers, clockMs: number): number | null {
  const usedUp: number[] = [];
  const unknown: number[] = [];
  for (const [remaining, reset] of windows) {
    const resetMs = readResetMs(headers[reset], clockMs);
    if (resetMs === null) continue;
    const left = readDecimal(headers[remaining]);
    if (left === 0) usedUp.push(resetMs);
    else if (left === null) unknown.push(resetMs);
  }
  if (usedUp.length > 0) return Math.max(...usedUp);
  return unknown.length > 0 ? Math.min(...unknown) : null;
}

function readResetMs(text: string | undefined, clockMs: number): number | null {
  const value = readDecimal(text);
  if (value === null) return readDurationMs(text) ?? until(parseTimestamp(text), clockMs);
  if (value >= epochSecondsMin * 1000) return until(value, clockMs);
  return value >= epochSecondsMin ? until(value * 1000, clockMs) : value * 1000;
}

/** `6m0s`, `1h2m3.5s`, `120ms`. */
function readDurationMs(text: string | undefined): number | null {
  if (text === undefined || !/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|h|m|s)){1,4}$/.test(text)) return null;
  let durationMs = 0;
  for (const [, number, unit = 's'] of text.matchAll(/([\d.]+)(ms|h|m|s)/g)) {
    durationMs += Number(number) * (unitMs[unit] ?? 0);
  }
  return durationMs;
}

/** The three forms of RFC 9110 §5.6.7; the last of them names no zone, and means GMT. */
function parseHttpDate(text: string | undefined): number | null {
  if (text === undefined || !/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]{10,40}$/.test(text)) return null;
  return toTime(Date.parse(text.endsWith('GMT') ? text : `${text} GMT`));
}

/** RFC 3339. */
function parseTimestamp(text: string | undefined): number | null {
  return text !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? toTime(Date.parse(text))
    : null;
}

function toTime(unixMs: number): number | null {
  return Number.isNaN(unixMs) ? null : unixMs;
}

/** A time that is over asks for nothing: the caller's own back-off holds. */
function until(unixMs: number | null, clockMs: number): number | null {
  return unixMs === null || unixMs <= clockMs ? null : unixMs - clockMs;
}

function readDecimal(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : null;
}

function multiply(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
