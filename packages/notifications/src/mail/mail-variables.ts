import { variable } from '@aggregator/service-kit';
import { z } from 'zod';

/** Variables of a service that sends mails. */
export const mailVariables = {
  mailTransport: variable(
    'MAIL_TRANSPORT',
    z.enum(['none', 'log', 'smtp']).default('none'),
    'How mails are sent. `none`: not at all, so no one is invited and no password is reset; `smtp`: by SMTP_URL; `log`: each is a line of the log with its link, for development alone.',
  ),
  smtpUrl: variable(
    'SMTP_URL',
    z.url({ protocol: /^smtps?$/ }).optional(),
    'Mail server for MAIL_TRANSPORT=smtp: `smtp://user:password@host:587` (TLS where the server offers it; `?requireTLS=true` insists) or `smtps://user:password@host:465`.',
    { isSecret: true },
  ),
  mailFrom: variable(
    'MAIL_FROM',
    z.string().max(320).optional(),
    'Sender of mails: `AI Aggregator <noreply@example.com>`.',
  ),
} as const;
