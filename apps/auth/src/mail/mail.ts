import { billingNoticeType, noticeLanguage } from '@aggregator/contracts';
import { z } from 'zod';

export const mailLanguage = noticeLanguage;

const addressed = { to: z.string(), language: mailLanguage, token: z.string(), expiresAt: z.iso.datetime() };

/** A mail that auth sends, before it is put into words. */
export const mail = z.discriminatedUnion('template', [
  z.object({
    ...addressed,
    template: z.literal('invitation'),
    organizationName: z.string(),
    inviterName: z.string(),
    role: z.string(),
  }),
  z.object({ ...addressed, template: z.literal('email_verification') }),
  z.object({ ...addressed, template: z.literal('password_reset') }),
  z.object({ ...addressed, template: z.literal('email_change') }),
  z.object({ to: z.string(), language: mailLanguage, template: z.literal('email_changed') }),
  z.object({
    ...{ to: z.string(), language: mailLanguage, template: z.literal('budget_alert') },
    ...{ organizationName: z.string(), budgetName: z.string(), period: z.string(), percent: z.string() },
    /** Dollars. */
    ...{ spent: z.string(), amount: z.string() },
  }),
  z.object({
    ...{ to: z.string(), language: mailLanguage, template: z.literal('billing_notice') },
    ...{ notice: billingNoticeType, organizationName: z.string(), facts: z.record(z.string(), z.string()) },
  }),
  z.object({
    ...{ to: z.string(), language: mailLanguage, template: z.literal('security_event') },
    ...{ organizationName: z.string(), event: z.string(), severity: z.string(), subject: z.string() },
    ...{ outcome: z.string() },
  }),
]);
export type Mail = z.infer<typeof mail>;

/** Words of a mail; a value replaces `{name}`. */
export interface MailWords {
  readonly subject: string;
  readonly lines: readonly string[];
}
