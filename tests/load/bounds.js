// Where the load goes and how much of it there is: the same variables for every script, each with a bound.
import { fail } from 'k6';

/** A whole number from the environment; a run is refused, not trimmed, where it is beyond `max`. */
export function count(name, fallback, max) {
  const value = Number(__ENV[name] || fallback);
  if (!Number.isInteger(value) || value < 1 || value > max) fail(`${name} must be a whole number from 1 to ${max}`);
  return value;
}

/** A duration in seconds: `30s`, `5m`. */
export function seconds(name, fallback, max) {
  const match = /^(\d{1,6})([sm])$/.exec(__ENV[name] || fallback);
  const value = match === null ? 0 : Number(match[1]) * (match[2] === 'm' ? 60 : 1);
  if (value < 1 || value > max) fail(`${name} must be from 1s to ${max}s, as 30s or 5m`);
  return value;
}

/** Without a slash at its end. */
export const baseUrl = (__ENV.BASE_URL || 'http://127.0.0.1:3000').replace(/\/+$/, '');
export const model = __ENV.MODEL || 'mock-small';

export function requireApiKey() {
  if (!__ENV.API_KEY) fail('API_KEY must hold a key of the gateway at BASE_URL');
}
