import { createJsonSender, type JsonSender, type JsonSenderOptions, type SendResult } from './json-sender.ts';
import { signWebhook } from './sign-webhook.ts';

export interface WebhookToSend {
  url: string;
  secret: string;
  /** Id of the event: the same in every attempt. */
  id: string;
  body: string;
  now: Date;
}

export interface WebhookSender {
  /** Resolves in any case. */
  send(webhook: WebhookToSend): Promise<SendResult>;
  close(): Promise<void>;
}

/** Sends a body to a webhook, signed. */
export function sendWebhook(sender: JsonSender, { url, secret, id, body, now }: WebhookToSend): Promise<SendResult> {
  return sender.send({ url, body, headers: signWebhook(secret, { id, body, now }) });
}

/** Sends signed requests to addresses of customers. */
export function createWebhookSender(options: JsonSenderOptions): WebhookSender {
  const sender = createJsonSender(options);
  return { send: (webhook) => sendWebhook(sender, webhook), close: () => sender.close() };
}
