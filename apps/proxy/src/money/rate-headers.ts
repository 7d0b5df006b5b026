import type { ServerResponse } from 'node:http';
import type { RateVerdict } from '@aggregator/admission';
import type { BudgetExceeded } from './budget-error.ts';

const windowSeconds = 60;

/**
 * Reports its limits to the caller, twice: as the IETF draft and as OpenAI's SDKs expect them. The last part of a verdict's
 * subject (`requests`, `tokens`) is its public name.
 * Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ and
 * https://platform.openai.com/docs/guides/rate-limits (read 2026-11).
 */
export function setRateHeaders(response: ServerResponse, verdicts: readonly RateVerdict[]): void {
  if (verdicts.length === 0) return;
  const states: string[] = [];
  const policies: string[] = [];
  for (const [name, { limit, remaining, resetMs }] of tightestOf(verdicts)) {
    states.push(`"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
    policies.push(`"${name}";q=${limit};w=${windowSeconds}`);
    response.setHeader(`x-ratelimit-limit-${name}`, String(limit));
    response.setHeader(`x-ratelimit-remaining-${name}`, String(remaining));
    response.setHeader(`x-ratelimit-reset-${name}`, formatReset(resetMs));
  }
  response.setHeader('ratelimit', states.join(', '));
  response.setHeader('ratelimit-policy', policies.join(', '));
}

/** Reports to the caller the budget that refused it, behind the limits of rate. */
export function setBudgetHeaders(response: ServerResponse, { headers }: Pick<BudgetExceeded, 'headers'>): void {
  for (const [name, value] of Object.entries(headers)) {
    const before = response.getHeader(name);
    response.setHeader(name, typeof before === 'string' ? `${before}, ${value}` : value);
  }
}

/** By public name; of a caller's limit and its organisation's, the one with less left is shown. */
function tightestOf(verdicts: readonly RateVerdict[]): Map<string, RateVerdict> {
  const tightest = new Map<string, RateVerdict>();
  for (const verdict of verdicts) {
    const name = verdict.subject.slice(verdict.subject.lastIndexOf(':') + 1);
    const other = tightest.get(name);
    if (other === undefined || verdict.remaining < other.remaining) tightest.set(name, verdict);
  }
  return tightest;
}

/** As OpenAI writes durations: "20ms", "1s", "1.5s", "6m0s". */
export function formatReset(ms: number): string {
  const rounded = Math.ceil(ms);
  if (rounded < 1000) return `${rounded}ms`;
  const minutes = Math.floor(rounded / 60_000);
  const seconds = (rounded % 60_000) / 1000;
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
}
