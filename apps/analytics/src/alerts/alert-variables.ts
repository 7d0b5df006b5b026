import { mailVariables } from '@aggregator/notifications';
import { httpProxyVariables, variable } from '@aggregator/service-kit';
import { z } from 'zod';

const list = (entry: z.ZodType<string, string>, max: number) =>
  z
    .string()
    .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
    .pipe(z.array(entry).max(max));
const httpUrl = z.url({ protocol: /^https?$/ });

/** Which alerts are evaluated, and where they are sent. */
export const alertVariables = {
  alertMetricsUrls: variable(
    'ALERT_METRICS_URLS',
    list(httpUrl, 100).default([]),
    'Addresses of the health and metrics of all services, separated by commas. Every address behind a name is asked: in a cluster one headless Service has all pods. Unset, the product evaluates no alerts.',
  ),
  alertServices: variable(
    'ALERT_SERVICES',
    list(z.string(), 20).default(['api-gateway', 'auth', 'provider-orchestrator', 'proxy', 'billing', 'analytics']),
    'Services of which at least one process must answer and be ready, separated by commas. Add provider-operator in a cluster that has it.',
  ),
  alertRunbookBaseUrl: variable(
    'ALERT_RUNBOOK_BASE_URL',
    httpUrl.optional(),
    'Where the pages of docs/operations/runbooks are; alerts link to them.',
  ),
  alertMailTo: variable(
    'ALERT_MAIL_TO',
    list(z.email(), 20).default([]),
    'Addresses that get a mail about each alert, separated by commas. Needs MAIL_TRANSPORT.',
  ),
  alertWebhookUrl: variable(
    'ALERT_WEBHOOK_URL',
    httpUrl.optional(),
    'Address that gets each alert as a signed request.',
    { isSecret: true },
  ),
  alertWebhookSecret: variable(
    'ALERT_WEBHOOK_SECRET',
    z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and at least 24 bytes in base64')
      .optional(),
    'Secret of ALERT_WEBHOOK_URL, by Standard Webhooks: `whsec_` and the bytes in base64.',
    { isSecret: true },
  ),
  alertSlackUrl: variable(
    'ALERT_SLACK_URL',
    httpUrl.optional(),
    'Incoming webhook of Slack, or of a server that takes the same form.',
    { isSecret: true },
  ),
  alertTelegramBotToken: variable(
    'ALERT_TELEGRAM_BOT_TOKEN',
    z
      .string()
      .regex(/^\d+:[\w-]+$/, 'must be the token of a bot')
      .optional(),
    'Token of a bot of Telegram that writes to ALERT_TELEGRAM_CHAT_ID.',
    { isSecret: true },
  ),
  alertTelegramChatId: variable(
    'ALERT_TELEGRAM_CHAT_ID',
    z.string().max(100).optional(),
    'Chat of Telegram that gets the alerts: its number, or the `@name` of a channel.',
  ),
  alertTelegramApiUrl: variable(
    'ALERT_TELEGRAM_API_URL',
    httpUrl.default('https://api.telegram.org'),
    "Server of Telegram's Bot API.",
  ),
  ...mailVariables,
  ...httpProxyVariables,
} as const;
