export { createJsonSender, type JsonSender, type JsonSenderOptions, type SendResult } from './http/json-sender.ts';
export { createWebhookSecret, signWebhook } from './http/sign-webhook.ts';
export { createWebhookSender, sendWebhook, type WebhookSender, type WebhookToSend } from './http/webhook-sender.ts';
export { type MailMessage, type MailTransport, toMailFault } from './mail/mail-transport.ts';
export { mailVariables } from './mail/mail-variables.ts';
export { openMailTransport } from './mail/open-mail-transport.ts';
export { createSmtpTransport } from './mail/smtp-transport.ts';
