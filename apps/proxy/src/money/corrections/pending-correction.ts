import {
  toCorrectionId,
  type Usage,
  type UsageCorrected,
  usageComponents,
  usageCorrected,
} from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { z } from 'zod';
import type { Charge } from '../charge.ts';
import { dispatchedRequest, toSubject } from '../dispatched-request.ts';

/**
 * A request that was settled by an estimate, while its provider may still give its record. `event` is null until the record
 * is there: then the event is kept as it will be published, so that a repeat has the same body.
 */
export const pendingCorrection = z.object({
  request: dispatchedRequest,
  settled: usageCorrected.shape.settled,
  event: usageCorrected.nullable(),
});
export type PendingCorrection = z.infer<typeof pendingCorrection>;

/** The correction by a provider's record; null if the estimate was the truth. */
export function toCorrection(
  { request, settled }: Pick<PendingCorrection, 'request' | 'settled'>,
  truth: Pick<Charge, 'usage' | 'amountNanoUsd' | 'reportedUsage'>,
  time: string,
): UsageCorrected | null {
  const amountNanoUsd = formatNanoUsd(truth.amountNanoUsd);
  const actual = { usage: truth.usage, amountNanoUsd };
  if (amountNanoUsd === settled.amountNanoUsd && isSameUsage(actual.usage, settled.usage)) return null;
  return {
    schema: 'usage.corrected/1',
    eventId: toCorrectionId(request.requestId),
    requestId: request.requestId,
    time,
    ...toSubject(request),
    price: request.price,
    settled,
    actual,
    ...(truth.reportedUsage !== null && { reportedUsage: truth.reportedUsage }),
  };
}

function isSameUsage(left: Usage, right: Usage): boolean {
  return usageComponents.every((component) => (left[component] ?? 0) === (right[component] ?? 0));
}
