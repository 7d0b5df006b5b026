import { createTransport } from 'nodemailer';
import type { MailTransport } from './mail-transport.ts';

const connectTimeoutMs = 10_000;
const socketTimeoutMs = 20_000;

/** `url`: `smtp://user:password@host:587` (STARTTLS if the server offers it) or `smtps://…:465`. */
export function createSmtpTransport({ url, from }: { url: string; from: string }): MailTransport {
  const transport = createTransport({
    url,
    ...{ connectionTimeout: connectTimeoutMs, greetingTimeout: connectTimeoutMs, socketTimeout: socketTimeoutMs },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    async send(message) {
      await transport.sendMail({ ...message, from });
    },
    async close() {
      transport.close();
    },
  };
}
