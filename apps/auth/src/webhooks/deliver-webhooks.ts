import type { SendResult, WebhookSender } from '@aggregator/notifications';
import {
  type Job,
  type JobResult,
  startWorking,
  toSqlConnection,
  type WorkOptions,
  workOff,
} from '@aggregator/work-queue';
import type { Database } from '../database/create-database.ts';
import type { AuthEvents } from '../events.ts';
import type { OpenWorkQueue } from '../jobs/work-queues.ts';
import type { SecretSealer } from '../secrets/secret-sealer.ts';
import { addDelivery } from './add-delivery.ts';
import { createDeliveryJobs, createEventJobs, endpointsMax } from './webhook-queues.ts';

export interface WebhookDelivering {
  database: Database;
  secrets: SecretSealer;
  sender: WebhookSender;
  events: Pick<AuthEvents, 'webhookAttempted'>;
  now(): Date;
  /** How the workers get their jobs; from the database if absent. */
  open?: OpenWorkQueue;
}

/** Requests at once, of all organisations and of one: an organisation whose endpoints are slow holds no other. */
const concurrency = { concurrencyMax: 32, perTenantMax: 2 };

/** Hands out the events that wait and makes the deliveries that are due. */
export async function deliverWebhooks(delivering: WebhookDelivering): Promise<void> {
  const failures: unknown[] = [];
  for (const work of toWork(delivering, (error) => failures.push(error))) await workOff(work);
  if (failures.length > 0) throw failures[0];
}

/** Delivers every second until stopped; `stop` waits for the deliveries that are under way. */
export function startDeliveringWebhooks(
  delivering: WebhookDelivering,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const workers = toWork(delivering, onError).map(startWorking);
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

function toWork(delivering: WebhookDelivering, onError: (error: unknown) => void): WorkOptions[] {
  const { database, now, open } = delivering;
  const connection = toSqlConnection(database);
  const handOutJob = (job: Job) => handOut(delivering, job);
  const deliverJob = (job: Job) => deliver(delivering, job);
  return [
    { queue: createEventJobs(connection, open), handle: handOutJob, concurrencyMax: 2, perTenantMax: 1, now, onError },
    { queue: createDeliveryJobs(connection, open), handle: deliverJob, ...concurrency, now, onError },
  ];
}

/** Gives an event to each endpoint that wants it. Once, although the job may be done twice. */
async function handOut({ database, now }: WebhookDelivering, { key, tenant, body: bytes }: Job): Promise<JobResult> {
  const body = Buffer.from(bytes).toString('utf8');
  const { type } = JSON.parse(body) as { type: string };
  await database.$transaction(async (transaction) => {
    const endpoints = await transaction.webhookEndpoint.findMany({
      where: { organizationId: tenant, events: { has: type } },
      orderBy: { id: 'asc' },
      take: endpointsMax,
    });
    for (const endpoint of endpoints) await addDelivery(transaction, now(), endpoint, { eventId: key, type, body });
  });
  return { result: 'done' };
}

/** One attempt. A crash between the request and its note repeats it, with the same id of the event. */
async function deliver(delivering: WebhookDelivering, job: Job): Promise<JobResult> {
  const { database, secrets, sender, now } = delivering;
  const id = Buffer.from(job.body).toString('utf8');
  const row = await database.webhookDelivery.findUnique({ where: { id }, include: { endpoint: true } });
  if (row === null) return { result: 'rejected', reason: 'endpoint_gone' };
  const { endpoint, eventId, body } = row;
  const secret = secrets.open(endpoint.secretSealed, endpoint.id);
  if (secret === null) {
    const result = { status: null, reason: 'pepper_gone', response: null } as const;
    await note(delivering, { id, job, type: row.type, organizationId: endpoint.organizationId }, result, true);
    return { result: 'rejected', reason: 'pepper_gone' };
  }
  const result = await sender.send({ url: endpoint.url, secret, id: eventId, body, now: now() });
  await note(delivering, { id, job, type: row.type, organizationId: endpoint.organizationId }, result, job.isLast);
  return result.reason === null ? { result: 'done' } : { result: 'failed', reason: result.reason };
}

interface Attempt {
  id: string;
  job: Job;
  type: string;
  organizationId: string;
}

async function note(
  { database, events, now }: WebhookDelivering,
  { id, job, type, organizationId }: Attempt,
  { reason, ...answer }: Omit<SendResult, 'reason'> & { reason: string | null },
  isLast: boolean,
): Promise<void> {
  const state = reason === null ? 'delivered' : isLast ? 'failed' : 'waiting';
  const data = { ...answer, state, reason, attempts: job.attempt, attemptedAt: now() };
  // The endpoint may be deleted meanwhile, and its log with it.
  await database.webhookDelivery.updateMany({ where: { id }, data });
  events.webhookAttempted({ organizationId, deliveryId: id, type, attempt: job.attempt, state, reason });
}
