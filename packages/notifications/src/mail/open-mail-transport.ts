import { ConfigError, type ConfigOf, type Logger } from '@aggregator/service-kit';
import { createLogTransport } from './log-transport.ts';
import type { MailTransport } from './mail-transport.ts';
import type { mailVariables } from './mail-variables.ts';
import { createSmtpTransport } from './smtp-transport.ts';

/** Returns the configured transport; null if the installation sends no mails. Throws ConfigError. */
export function openMailTransport(
  { mailTransport, smtpUrl, mailFrom }: ConfigOf<typeof mailVariables>,
  logger: Logger,
): MailTransport | null {
  if (mailTransport === 'none') return null;
  if (mailTransport === 'log') return createLogTransport(logger);
  if (smtpUrl === undefined || mailFrom === undefined) {
    throw new ConfigError(['SMTP_URL, MAIL_FROM: must be set for MAIL_TRANSPORT=smtp.']);
  }
  return createSmtpTransport({ url: smtpUrl, from: mailFrom });
}
