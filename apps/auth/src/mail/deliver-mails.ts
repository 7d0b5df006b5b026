import type { AuthEvents } from '../events.ts';
import type { MailTransport } from './mail.ts';
import { attemptsMax, type ClaimedMail, type MailQueue } from './mail-queue.ts';
import { toMessage } from './to-message.ts';

export interface MailDelivery {
  queue: MailQueue;
  transport: MailTransport;
  events: Pick<AuthEvents, 'mailSent' | 'mailFailed'>;
  publicUrl: string;
  now(): Date;
}

const perRoundMax = 100;

/** Sends the mails that are due, one after the other, at most 100. */
export async function deliverMails(delivery: MailDelivery): Promise<void> {
  for (let sent = 0; sent < perRoundMax; sent += 1) {
    const claimed = await delivery.queue.claim(delivery.now());
    if (claimed === null) return;
    await deliver(delivery, claimed);
  }
}

/**
 * Sends one mail. If it is rejected it is tried again, later and later, and given up after eight attempts. A crash between
 * sending and noting it sends a mail twice, never not at all.
 */
async function deliver(
  { queue, transport, events, publicUrl, now }: MailDelivery,
  { id, attempts, mail }: ClaimedMail,
) {
  if (mail === null) {
    events.mailFailed({ mailId: id, template: 'unknown', attempts, isLast: true, reason: 'pepper_gone' });
    return await queue.finish(id, now(), 'failed');
  }
  const { template } = mail;
  try {
    await transport.send(toMessage(mail, publicUrl));
  } catch (error) {
    const isLast = attempts >= attemptsMax;
    events.mailFailed({ mailId: id, template, attempts, isLast, reason: codeOf(error) });
    if (isLast) await queue.finish(id, now(), 'failed');
    return;
  }
  await queue.finish(id, now(), 'sent');
  events.mailSent({ mailId: id, template, attempts });
}

/** The message of an SMTP error can hold the address: only its code is logged. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, responseCode } = error as Error & { code?: unknown; responseCode?: unknown };
  return (
    [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ') || error.name
  );
}

const pauseMs = 1000;

/** Delivers every second, never twice at the same time, until stopped; `stop` waits for the mail that is under way. */
export function startDelivering(delivery: MailDelivery, onError: (error: unknown) => void): { stop(): Promise<void> } {
  let underWay: Promise<void> | undefined;
  const timer = setInterval(() => {
    underWay ??= deliverMails(delivery)
      .catch(onError)
      .finally(() => {
        underWay = undefined;
      });
  }, pauseMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
