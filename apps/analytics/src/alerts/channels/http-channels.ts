import { type JsonSender, type SendResult, sendWebhook } from '@aggregator/notifications';
import { toText } from '../alert-message.ts';
import type { AlertChannel } from './alert-channel.ts';

const toReason = ({ reason, status }: SendResult) => (reason === 'status' ? `status ${status}` : reason);

/** Sends the alert as data, signed by Standard Webhooks as the webhooks of organisations are. */
export function createWebhookChannel(
  sender: JsonSender,
  { url, secret }: { url: string; secret: string },
): AlertChannel {
  return {
    name: 'webhook',
    async send(message, now) {
      const { id, state, time, ...data } = message;
      const body = JSON.stringify({ type: `alert.${state}`, timestamp: time, data });
      return toReason(await sendWebhook(sender, { url, secret, id, body, now }));
    },
  };
}

/** Sends to an incoming webhook of Slack, or of a server that takes the same form (Mattermost, Rocket.Chat). */
export function createSlackChannel(sender: JsonSender, url: string): AlertChannel {
  return {
    name: 'slack',
    async send(message) {
      const { title, text } = toText(message);
      // https://docs.slack.dev/messaging/formatting-message-text: these three characters are escaped.
      const escaped = `*${title}*\n${text}`.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
      return toReason(await sender.send({ url, body: JSON.stringify({ text: escaped }) }));
    },
  };
}

export interface TelegramChannelOptions {
  apiUrl: string;
  botToken: string;
  chatId: string;
}

/** https://core.telegram.org/bots/api#sendmessage: 1 to 4096 characters. */
const telegramCharactersMax = 4096;

/** Sends to a chat of Telegram, as plain text. */
export function createTelegramChannel(
  sender: JsonSender,
  { apiUrl, botToken, chatId }: TelegramChannelOptions,
): AlertChannel {
  const url = `${apiUrl.replace(/\/$/, '')}/bot${botToken}/sendMessage`;
  return {
    name: 'telegram',
    async send(message) {
      const { title, text } = toText(message);
      const body = {
        ...{ chat_id: chatId, text: `${title}\n${text}`.slice(0, telegramCharactersMax) },
        link_preview_options: { is_disabled: true },
      };
      return toReason(await sender.send({ url, body: JSON.stringify(body) }));
    },
  };
}
