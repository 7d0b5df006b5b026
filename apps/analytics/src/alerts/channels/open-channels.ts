import { createJsonSender, openMailTransport } from '@aggregator/notifications';
import { ConfigError, type Logger } from '@aggregator/service-kit';
import type { AnalyticsConfig } from '../../config.ts';
import type { AlertChannel } from './alert-channel.ts';
import { createSlackChannel, createTelegramChannel, createWebhookChannel } from './http-channels.ts';
import { createMailChannel } from './mail-channel.ts';

export interface AlertChannels {
  readonly all: readonly AlertChannel[];
  close(): Promise<void>;
}

/** Of one message to one channel. */
const deadlineMs = 10_000;

/**
 * Opens the channels that are configured. Their addresses are those of the operator, and may be any.
 * @throws {ConfigError} if a channel is configured by half.
 */
export function openChannels(config: AnalyticsConfig, logger: Logger): AlertChannels {
  const transport = config.alertMailTo.length === 0 ? null : openMailTransport(config, logger);
  const faults = findFaults(config, transport !== null);
  if (faults.length > 0) throw new ConfigError(faults);
  const sender = createJsonSender({ allowlist: null, proxies: config, deadlineMs });
  const { alertWebhookUrl, alertWebhookSecret, alertSlackUrl, alertTelegramBotToken, alertTelegramChatId } = config;
  const all: AlertChannel[] = [];
  if (transport !== null) all.push(createMailChannel(transport, config.alertMailTo));
  if (alertWebhookUrl !== undefined && alertWebhookSecret !== undefined) {
    all.push(createWebhookChannel(sender, { url: alertWebhookUrl, secret: alertWebhookSecret }));
  }
  if (alertSlackUrl !== undefined) all.push(createSlackChannel(sender, alertSlackUrl));
  if (alertTelegramBotToken !== undefined && alertTelegramChatId !== undefined) {
    const chat = { botToken: alertTelegramBotToken, chatId: alertTelegramChatId };
    all.push(createTelegramChannel(sender, { apiUrl: config.alertTelegramApiUrl, ...chat }));
  }
  return {
    all,
    async close() {
      await transport?.close();
      await sender.close();
    },
  };
}

function findFaults(config: AnalyticsConfig, canSendMails: boolean): string[] {
  const faults: string[] = [];
  if (config.alertMailTo.length > 0 && !canSendMails) faults.push('ALERT_MAIL_TO: needs MAIL_TRANSPORT.');
  if ((config.alertWebhookUrl === undefined) !== (config.alertWebhookSecret === undefined)) {
    faults.push('ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET: set both or none.');
  }
  if ((config.alertTelegramBotToken === undefined) !== (config.alertTelegramChatId === undefined)) {
    faults.push('ALERT_TELEGRAM_BOT_TOKEN, ALERT_TELEGRAM_CHAT_ID: set both or none.');
  }
  return faults;
}
