import { z } from 'zod';
import { nanoUsdString } from '../money.ts';
import { tagKey } from '../tags.ts';

/** `GET /billing/statements/{period}?by=&format=`: what a month cost, by what. docs/invoices.md explains it. */

export const statementBy = z.enum(['model', 'user', 'key', 'team', 'tag', 'organization']);
export type StatementBy = z.infer<typeof statementBy>;

/** `2026-11` */
export const monthPeriod = z.string().regex(/^20\d{2}-(?:0[1-9]|1[0-2])$/, 'a month as 2026-11');

export const readStatementQuery = z
  .strictObject({
    by: statementBy.default('model'),
    /** With `by=tag`: one line for each value of this tag. */
    tag: tagKey.optional(),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(({ by, tag }) => (by === 'tag') === (tag !== undefined), { path: ['tag'], error: 'goes with by=tag' });

export const monthStatement = z.strictObject({
  organizationId: z.uuid(),
  period: monthPeriod,
  /** By the time zone of the profile. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  by: statementBy,
  /** Absent unless `by` is `tag`. */
  tag: tagKey.optional(),
  /** False while the month may still change. */
  isClosed: z.boolean(),
  currency: z.literal('USD'),
  /** Largest first; at most 1,000, and then one for all others. */
  lines: z
    .array(
      z.strictObject({
        /**
         * Id of the user, key, team or organization, or the value of the tag; null for a model, a fee, and all others
         * together.
         */
        subjectId: z.string().nullable(),
        /** Name of the user, key or team of now; absent if there is none, or it cannot be read. */
        name: z.string().optional(),
        description: z.string(),
        requests: z.number().int(),
        /** Below zero if corrections returned more than was charged. */
        amountNanoUsd: nanoUsdString,
        /** The sum is `totalCents`: cents are divided by the largest remainders. */
        amountCents: z.string(),
      }),
    )
    .max(1010),
  totalNanoUsd: nanoUsdString,
  /** Rounded down. */
  totalCents: z.string(),
});
export type MonthStatement = z.infer<typeof monthStatement>;
