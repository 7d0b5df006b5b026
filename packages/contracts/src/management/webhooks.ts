import { z } from 'zod';
import { billingNoticeType } from '../internal/billing-notice.ts';
import { queryPage } from './page.ts';

/** Events that an organisation can have sent to it: docs/webhooks.md. */
export const webhookEventType = z.enum([
  'budget.threshold',
  'key.created',
  'key.revoked',
  'key.rotated',
  'member.removed',
  ...billingNoticeType.options,
  'security.event',
]);
export type WebhookEventType = z.infer<typeof webhookEventType>;

/** Body of the request to an endpoint. `webhook.test` is sent by the test route alone. */
export interface WebhookEvent {
  type: WebhookEventType | 'webhook.test';
  /** When it happened: ISO 8601. */
  timestamp: string;
  data: Readonly<Record<string, string | number | null>> & { readonly organizationId: string };
}

/** `POST /auth/organization/webhooks`. */
export const createWebhookRequest = z.strictObject({
  name: z.string().trim().min(1).max(100),
  url: z.string().min(1).max(2000),
  events: z.array(webhookEventType).min(1).max(webhookEventType.options.length),
});
export type CreateWebhookRequest = z.infer<typeof createWebhookRequest>;

export const webhook = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  createdById: z.uuid(),
  createdAt: z.iso.datetime(),
});
export type Webhook = z.infer<typeof webhook>;

/** The only answer that ever holds the secret: `whsec_` and 32 bytes in base64. */
export const createdWebhook = webhook.extend({ secret: z.string() });
export type CreatedWebhook = z.infer<typeof createdWebhook>;

export const webhookList = z.strictObject({ data: z.array(webhook).max(10) });

/** `waiting`: an attempt follows. `failed`: none follows until it is replayed. */
export const webhookDeliveryState = z.enum(['waiting', 'delivered', 'failed']);

/**
 * One event for one endpoint. `status`, `reason` and `response` are those of the last attempt; `response` is its first
 * KiB.
 */
export const webhookDelivery = z.strictObject({
  id: z.uuid(),
  eventId: z.uuid(),
  type: z.string(),
  state: webhookDeliveryState,
  attempts: z.int(),
  replays: z.int(),
  status: z.int().nullable(),
  reason: z.string().nullable(),
  response: z.string().nullable(),
  createdAt: z.iso.datetime(),
  attemptedAt: z.iso.datetime().nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

/** Newest first. */
export const webhookDeliveryList = z.strictObject({
  data: z.array(webhookDelivery).max(100),
  nextCursor: z.string().nullable(),
});
export const webhookDeliveryQuery = queryPage.extend({ state: webhookDeliveryState.optional() });
