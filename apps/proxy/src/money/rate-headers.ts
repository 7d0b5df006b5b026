import type { ServerResponse } from 'node:http';
import { levelPrefix, type RateVerdict } from '@aggregator/admission';
import { setPacked, takesPacked } from '../packed-headers.ts';

const windowSeconds = 60;

/**
 * Reports its limits to the caller, twice: as the IETF draft and as OpenAI's SDKs expect them. The draft's headers have one
 * policy for each kind and level; those of OpenAI show the tightest of a kind.
 * Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ and
 * https://platform.openai.com/docs/guides/rate-limits (read 2026-11).
 * @param isLast True if no refusal can follow, which would add to them: then they may be packed.
 */
export function setRateHeaders(response: ServerResponse, verdicts: readonly RateVerdict[], isLast = false): void {
  if (verdicts.length === 0) return;
  const pairs = toRateHeaders(verdicts);
  if (isLast && takesPacked(response.req)) setPacked(response, pairs);
  else for (let at = 0; at < pairs.length; at += 2) response.setHeader(pairs[at] ?? '', pairs[at + 1] ?? '');
}

/** Returns names and values in turn. */
function toRateHeaders(verdicts: readonly RateVerdict[]): string[] {
  const pairs: string[] = [];
  const states: string[] = [];
  const policies: string[] = [];
  for (const [name, { limit, remaining, resetMs }] of tightestOf(verdicts, toPolicyName)) {
    states.push(`"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
    policies.push(`"${name}";q=${limit};w=${windowSeconds}`);
  }
  for (const [kind, { limit, remaining, resetMs }] of tightestOf(verdicts, toKind)) {
    pairs.push(`x-ratelimit-limit-${kind}`, String(limit));
    pairs.push(`x-ratelimit-remaining-${kind}`, String(remaining));
    pairs.push(`x-ratelimit-reset-${kind}`, formatReset(resetMs));
  }
  pairs.push('ratelimit', states.join(', '), 'ratelimit-policy', policies.join(', '));
  return pairs;
}

/** Adds headers of a refusal, such as those of a budget, behind the limits of rate. */
export function addHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const before = response.getHeader(name);
    response.setHeader(name, typeof before === 'string' ? `${before}, ${value}` : value);
  }
}

/** Reports the limit of requests at once that refused. The quota unit is of the IETF draft. */
export function addConcurrencyHeaders(
  response: ServerResponse,
  { subject, max }: { readonly subject: string; readonly max: number },
): void {
  const name = toPolicyName({ subject });
  addHeaders(response, {
    ratelimit: `"${name}";r=0`,
    'ratelimit-policy': `"${name}";q=${max};qu="concurrent-requests"`,
    'x-ratelimit-limit-concurrency': String(max),
    'x-ratelimit-remaining-concurrency': '0',
  });
}

/** Of several verdicts of one name, a refusal goes first, then the one with the least left. */
function tightestOf(
  verdicts: readonly RateVerdict[],
  nameOf: (verdict: RateVerdict) => string,
): Map<string, RateVerdict> {
  const tightest = new Map<string, RateVerdict>();
  for (const verdict of verdicts) {
    const name = nameOf(verdict);
    const other = tightest.get(name);
    if (other === undefined || isTighter(verdict, other)) tightest.set(name, verdict);
  }
  return tightest;
}

function isTighter(verdict: RateVerdict, than: RateVerdict): boolean {
  if (verdict.isAllowed !== than.isAllowed) return !verdict.isAllowed;
  return verdict.remaining < than.remaining;
}

/** `requests`, `tokens` or `concurrency`: the last part of a subject. */
function toKind({ subject }: Pick<RateVerdict, 'subject'>): string {
  return subject.slice(subject.lastIndexOf(':') + 1);
}

/** The kind, and the level of a limit that the organisation set: `requests-team`. */
function toPolicyName({ subject }: Pick<RateVerdict, 'subject'>): string {
  const kind = toKind({ subject });
  if (!subject.startsWith(levelPrefix)) return kind;
  return `${kind}-${subject.slice(levelPrefix.length, subject.indexOf(':'))}`;
}

/** As OpenAI writes durations: "20ms", "1s", "1.5s", "6m0s". */
export function formatReset(ms: number): string {
  const rounded = Math.ceil(ms);
  if (rounded < 1000) return `${rounded}ms`;
  const minutes = Math.floor(rounded / 60_000);
  const seconds = (rounded % 60_000) / 1000;
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
}
