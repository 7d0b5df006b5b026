import { z } from 'zod';
import { KubernetesError } from '../port.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ (2026-11), as far as it is read. */
const statusBody = z.object({
  kind: z.literal('Status'),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  code: z.number().nullish(),
  details: z.object({ retryAfterSeconds: z.number().nullish() }).nullish(),
});

const messageLengthMax = 1000;
const retryAfterMsMax = 60_000;

/** Returns an answer other than success as an error. The error has a message for any body. */
export function failureOf(status: number, body: unknown, retryAfterHeader?: string): KubernetesError {
  const parsed = statusBody.safeParse(body);
  const reported = parsed.success ? parsed.data : undefined;
  const seconds = readSeconds(retryAfterHeader) ?? reported?.details?.retryAfterSeconds ?? undefined;
  return new KubernetesError(
    reported?.code ?? status,
    reported?.reason || reasonOf(reported?.code ?? status),
    (reported?.message ?? `the API server answered ${status}`).slice(0, messageLengthMax),
    { retryAfterMs: seconds === undefined ? undefined : Math.min(retryAfterMsMax, Math.max(0, seconds * 1000)) },
  );
}

function readSeconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) : undefined;
}

const reasons = new Map([
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [409, 'Conflict'],
  [410, 'Expired'],
  [429, 'TooManyRequests'],
]);

function reasonOf(status: number): string {
  return reasons.get(status) ?? (status >= 500 ? 'ServerError' : 'Refused');
}
