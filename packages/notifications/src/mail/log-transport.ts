import type { Logger } from '@aggregator/service-kit';
import type { MailTransport } from './mail-transport.ts';

/** For development: the whole mail is a line of the log, its link included. */
export function createLogTransport(logger: Logger): MailTransport {
  return {
    async send(message) {
      logger.warn('mail_logged', { ...message });
    },
    close: () => Promise.resolve(),
  };
}
