import { z } from 'zod';
import { instant } from '../instant.ts';
import { nanoUsdString } from '../money.ts';
import { tagKey, tagValueLengthMax } from '../tags.ts';

export const usageGrouping = z.enum(['minute', 'hour', 'day', 'model', 'provider', 'key', 'user', 'team', 'tag']);

/**
 * `GET /analytics/dashboard`. `from` and `to` are RFC 3339; the range is half open and at most a year. Minutes
 * are kept for 48 hours without teams and tags, and 24 hours are shown at most. The other fields leave
 * only what is of that model, provider, API key or user.
 */
export const dashboardQuery = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  groupBy: usageGrouping.optional(),
  model: z.string().min(1).max(256).optional(),
  provider: z.string().min(1).max(256).optional(),
  /** The nil UUID means requests without an API key. */
  keyId: z.uuid().optional(),
  userId: z.uuid().optional(),
  /** The nil UUID means requests without a team. */
  teamId: z.uuid().optional(),
  /** A tag: groups by its values with `groupBy=tag`, and leaves only those of `tagValue` if that is given. */
  tagKey: tagKey.optional(),
  tagValue: z.string().min(1).max(tagValueLengthMax).optional(),
  /** `csv`: the series as text/csv. */
  format: z.enum(['json', 'csv']).optional(),
});
export type DashboardQuery = z.infer<typeof dashboardQuery>;

export const usageTotals = z.strictObject({
  requests: z.number().int(),
  failedRequests: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  totalTokens: z.number().int(),
  costNanoUsd: nanoUsdString,
  /** Mean over completed requests; null where there were none. */
  latencyMsMean: z.number().nullable(),
});
export type UsageTotals = z.infer<typeof usageTotals>;

/** Name of the user, API key or team of now; absent for other groups, and if there is none or it cannot be read. */
const groupName = z.string().optional();

export const dashboardAnswer = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  groupBy: usageGrouping,
  totals: usageTotals,
  /**
   * One entry for each group that has requests, in the order of the group's name or time. Requests without the tag are
   * the group of an empty name, those without a team that of the nil UUID.
   */
  series: z.array(usageTotals.extend({ group: z.string(), name: groupName })),
});
export type DashboardAnswer = z.infer<typeof dashboardAnswer>;
