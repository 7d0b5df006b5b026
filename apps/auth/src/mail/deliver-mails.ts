import { type MailTransport, toMailFault } from '@aggregator/notifications';
import { type Job, type JobResult, startWorking, workOff } from '@aggregator/work-queue';
import type { Database } from '../database/create-database.ts';
import type { AuthEvents } from '../events.ts';
import { adoptEarlierMails } from './adopt-earlier-mails.ts';
import type { MailQueue } from './mail-queue.ts';
import { toMessage } from './to-message.ts';

export interface MailDelivery {
  queue: MailQueue;
  transport: MailTransport;
  events: Pick<AuthEvents, 'mailSent' | 'mailFailed'>;
  publicUrl: string;
  now(): Date;
}

const concurrencyMax = 4;

/** Sends the mails that are due. */
export async function deliverMails(delivery: MailDelivery): Promise<void> {
  const failures: unknown[] = [];
  await workOff(toWork(delivery, (error) => failures.push(error)));
  if (failures.length > 0) throw failures[0];
}

/** Delivers every second until stopped; `stop` waits for the mails that are under way. */
export function startDelivering(
  delivery: MailDelivery & { database: Database },
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  adoptEarlierMails(delivery.database, delivery.now()).catch(onError);
  return startWorking(toWork(delivery, onError));
}

function toWork(delivery: MailDelivery, onError: (error: unknown) => void) {
  const { queue, now } = delivery;
  const handle = (job: Job) => deliver(delivery, job);
  return { queue: queue.jobs, handle, concurrencyMax, perTenantMax: 1, now, onError };
}

/** Sends one mail. A crash between sending and noting it sends a mail twice, never not at all. */
async function deliver({ queue, transport, events, publicUrl }: MailDelivery, job: Job): Promise<JobResult> {
  const { key: mailId, attempt: attempts, isLast } = job;
  const mail = queue.open(job);
  if (mail === null) {
    events.mailFailed({ mailId, template: 'unknown', attempts, isLast: true, reason: 'pepper_gone' });
    return { result: 'rejected', reason: 'pepper_gone' };
  }
  const { template } = mail;
  try {
    await transport.send(toMessage(mail, publicUrl));
  } catch (error) {
    const reason = toMailFault(error);
    events.mailFailed({ mailId, template, attempts, isLast, reason });
    return { result: 'failed', reason };
  }
  events.mailSent({ mailId, template, attempts });
  return { result: 'done' };
}
