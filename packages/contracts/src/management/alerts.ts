import { z } from 'zod';
import { queryPage } from './page.ts';

const labels = z.record(z.string(), z.string());

/** `firing`: the cause holds. `cleared`: it has ended. */
export const alertState = z.enum(['firing', 'cleared']);

/** One alert of the product's own channel. The same rule with other labels is another alert. */
export const alert = z.strictObject({
  id: z.uuid(),
  rule: z.string(),
  severity: z.enum(['warning', 'critical']),
  summary: z.string(),
  labels,
  state: alertState,
  /** True if a silence keeps it from being sent. */
  isSilenced: z.boolean(),
  /** Since when the cause holds. */
  since: z.iso.datetime(),
  firedAt: z.iso.datetime(),
  clearedAt: z.iso.datetime().nullable(),
  /** Name of the page in docs/operations/runbooks. */
  runbook: z.string(),
  /** Null if the installation does not say where its runbooks are. */
  runbookUrl: z.string().nullable(),
});
export type Alert = z.infer<typeof alert>;

/** `GET /analytics/alerts`, newest first. */
export const alertQuery = queryPage.extend({ state: alertState.optional() });
export const alertList = z.strictObject({ data: z.array(alert).max(100), nextCursor: z.string().nullable() });

export const alertChannelName = z.enum(['mail', 'webhook', 'slack', 'telegram']);
export type AlertChannelName = z.infer<typeof alertChannelName>;

/**
 * Answer to `POST /analytics/alerts/test`: one row for each channel that is configured. `reason`: null if it was sent.
 */
export const alertTest = z.strictObject({
  data: z.array(z.strictObject({ channel: alertChannelName, reason: z.string().nullable() })),
});
export type AlertTest = z.infer<typeof alertTest>;

/** `POST /analytics/silences`: alerts of the rule with all of these labels are not sent until then, 90 days at most. */
export const createSilenceRequest = z
  .strictObject({
    rule: z.string().min(1).max(100).optional(),
    labels: z
      .record(z.string().max(100), z.string().max(200))
      .refine((all) => Object.keys(all).length <= 10, 'at most 10 labels')
      .optional(),
    until: z.iso.datetime({ offset: true }),
    comment: z.string().max(500).default(''),
  })
  .refine(({ rule, labels: all = {} }) => rule !== undefined || Object.keys(all).length > 0, {
    path: ['rule'],
    message: 'a silence needs a rule or a label',
  });

export const silence = z.strictObject({
  id: z.uuid(),
  rule: z.string().nullable(),
  labels,
  until: z.iso.datetime(),
  comment: z.string(),
  createdAt: z.iso.datetime(),
  createdById: z.uuid().nullable(),
});
export type Silence = z.infer<typeof silence>;

/** `GET /analytics/silences`: those that have not ended, newest first. */
export const silenceList = z.strictObject({ data: z.array(silence).max(100) });
export type SilenceList = z.infer<typeof silenceList>;
