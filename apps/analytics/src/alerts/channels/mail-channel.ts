import { type MailTransport, toMailFault } from '@aggregator/notifications';
import { toText } from '../alert-message.ts';
import type { AlertChannel } from './alert-channel.ts';

/** Sends a mail to each address. An address that fails makes all be tried again: a mail can arrive twice. */
export function createMailChannel(transport: MailTransport, addresses: readonly string[]): AlertChannel {
  return {
    name: 'mail',
    async send(message) {
      const { title, text } = toText(message);
      try {
        for (const to of addresses) await transport.send({ to, subject: title, text });
        return null;
      } catch (error) {
        return toMailFault(error);
      }
    },
  };
}
