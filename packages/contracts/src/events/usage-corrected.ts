import { z } from 'zod';
import { nanoUsdString } from '../money.ts';
import { price } from '../price.ts';
import { operation } from '../routing-snapshot.ts';
import { tags } from '../tags.ts';
import { usage } from '../usage.ts';
import { usageRecorded } from './usage-recorded.ts';

/** What a request used, and what that costs at `price`. */
const pricedUsage = { usage, amountNanoUsd: nanoUsdString };

/**
 * The truth about a request that was settled by an estimate: the provider's own record arrived later. A request has one
 * at most. It is in the topic of `usage.recorded`, mostly behind the settlement, but any order is allowed. It has
 * no number of the spool: a lost correction leaves the estimate as it was.
 */
export const usageCorrected = z.strictObject({
  schema: z.literal('usage.corrected/1'),
  /** `<requestId>/correction`. A second event with it changes nothing. */
  eventId: z.string().max(80),
  requestId: z.uuid(),
  /** RFC 3339 UTC, when the record arrived. */
  time: z.iso.datetime(),
  orgId: z.uuid(),
  userId: z.uuid(),
  keyId: z.uuid().nullable(),
  /** Team that the key works for; absent or null if none. */
  teamId: z.uuid().nullish(),
  /** Tags of the request; absent or null if it has none. */
  tags: tags.nullish(),
  operation,
  provider: z.string().max(64),
  model: z.string().max(200),
  /** The price of the settlement, pinned at the hold. */
  price,
  /** What the settlement charged, and its `time`: the same values as in its `usage.recorded`. */
  settled: z.strictObject({ time: z.iso.datetime(), ...pricedUsage }),
  /**
   * What the provider's record says, at most the bounds of the request. No usage at all: the provider charged nothing.
   */
  actual: z.strictObject(pricedUsage),
  /** The provider's record, if it lies outside the bounds of the request; else absent or null. */
  reportedUsage: usage.nullish(),
});
export type UsageCorrected = z.infer<typeof usageCorrected>;

/** All events of the topic `usage.recorded`. */
export const usageEvent = z.discriminatedUnion('schema', [usageRecorded, usageCorrected]);
export type UsageEvent = z.infer<typeof usageEvent>;

/** Returns the event id of the one correction of a request. */
export function toCorrectionId(requestId: string): string {
  return `${requestId}/correction`;
}
